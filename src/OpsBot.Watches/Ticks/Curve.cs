using OpsBot.Contracts.Watches;

namespace OpsBot.Watches.Ticks;

/// <summary>A curve that is kept small: when it is full every other point goes, and the newest stays. Pure.</summary>
internal static class Curve
{
    public static WatchReading With(this WatchReading reading, long at, double? value)
    {
        var (times, values) = (reading.Times, reading.Values);
        if (times.Count > 0 && at <= times[^1])
            return reading;
        if (times.Count >= WatchLimits.Points)
        {
            // From the newest back, so that what is thinned first is what is oldest and the end keeps its shape.
            var kept = Enumerable.Range(0, times.Count).Where(index => (times.Count - 1 - index) % 2 == 0).ToList();
            (times, values) = ([.. kept.Select(index => times[index])], [.. kept.Select(index => values[index])]);
        }

        return reading with { Times = [.. times, at], Values = [.. values, value is { } v && double.IsFinite(v) ? v : null] };
    }
}
