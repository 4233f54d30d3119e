namespace OpsBot.Incidents.Timeline;

/// <summary>The counts worth a line of their own in a storm: 10, 25, 50, 100, 250, 500, 1000, …</summary>
internal static class Milestones
{
    public static bool Includes(int count)
    {
        if (count < 10)
            return false;
        while (count % 10 == 0)
            count /= 10;
        return count is 1 or 25 or 5;
    }
}
