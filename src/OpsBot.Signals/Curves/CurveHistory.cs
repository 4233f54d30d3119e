using System.Text.Json.Serialization;

namespace OpsBot.Signals.Curves;

/// <summary>One metric over the steps, finite values only, thinned evenly once there are too many, so that it is bounded and still whole.</summary>
internal sealed class CurveHistory
{
    /// <summary>Points that are kept at most.</summary>
    public const int Most = 256;

    public List<long> Steps { get; set; } = [];

    public List<double> Values { get; set; } = [];

    /// <summary>Only every so many-th value is kept.</summary>
    public int Every { get; set; } = 1;

    /// <summary>Values that came since the last one that was kept.</summary>
    public int Passed { get; set; }

    [JsonIgnore]
    public int Count => Steps.Count;

    /// <summary>The last step, −1 before the first.</summary>
    [JsonIgnore]
    public long Last => Count == 0 ? -1 : Steps[^1];

    /// <returns>False where the value was not kept.</returns>
    public bool Add(long step, double value)
    {
        if (!double.IsFinite(value) || step <= Last || ++Passed < Every)
        {
            return false;
        }

        Passed = 0;
        Steps.Add(step);
        Values.Add(value);
        if (Count > Most)
        {
            Thin();
        }

        return true;
    }

    /// <summary>Forgets what was measured at <paramref name="step"/> and later: the run went back to a checkpoint.</summary>
    public void CutFrom(long step)
    {
        while (Count > 0 && Steps[^1] >= step)
        {
            Steps.RemoveAt(Count - 1);
            Values.RemoveAt(Values.Count - 1);
        }
    }

    // the first and the last stay, of the others every second
    private void Thin()
    {
        var kept = Enumerable.Range(0, Count).Where(i => i % 2 == 0 || i == Count - 1).ToList();
        Steps = [.. kept.Select(i => Steps[i])];
        Values = [.. kept.Select(i => Values[i])];
        Every *= 2;
    }
}
