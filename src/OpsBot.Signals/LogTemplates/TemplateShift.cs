namespace OpsBot.Signals.LogTemplates;

/// <summary>A template whose rate changed at the onset.</summary>
/// <param name="Count">The template with its counts.</param>
/// <param name="Before">Lines before.</param>
/// <param name="Expected">Lines during that the rate before lets expect, or as many more as its instance logs in all.</param>
/// <param name="During">Lines during.</param>
/// <param name="Clarity">Difference in standard errors of a Poisson count.</param>
public sealed record TemplateShift(TemplateCount Count, long Before, double Expected, long During, double Clarity)
{
    /// <summary>True where it had never been seen.</summary>
    public bool New => Before == 0;
}

/// <summary>Compares the counts of a digest before and during.</summary>
public static class TemplateShifts
{
    /// <summary>Log lines come in bursts: their counts vary by about this share beyond chance.</summary>
    private const double Burst = 0.5;

    /// <summary>Templates with more lines than expected, clearest first.</summary>
    public static IReadOnlyList<TemplateShift> Find(LogDigest digest, long onsetMs)
    {
        var split = Split(digest, onsetMs);
        var observed = Observed(digest, split);
        var load = digest.Templates
            .GroupBy(count => (count.Service, count.Instance))
            .ToDictionary(group => group.Key, group => Load([.. group], split));
        return
        [
            .. digest.Templates
                .Select(count =>
                {
                    var (before, during) = Sums(count, split);
                    var expected = before * Math.Max(observed, load[(count.Service, count.Instance)]);
                    return new TemplateShift(count, before, expected, during, (during - expected) / Math.Sqrt(1 + expected + (Burst * expected * Burst * expected)));
                })
                .Where(shift => shift.Clarity > 0)
                .OrderByDescending(shift => shift.Clarity)
                .ThenBy(shift => shift.Count.Service, StringComparer.Ordinal)
                .ThenBy(shift => shift.Count.Instance, StringComparer.Ordinal)
                .ThenBy(shift => shift.Count.Template, StringComparer.Ordinal),
        ];
    }

    internal static (long Before, long During) Sums(TemplateCount count, int split)
    {
        long before = 0, during = 0;
        for (var i = 0; i < count.Counts.Length; i++)
        {
            if (i < split)
            {
                before += count.Counts[i];
            }
            else
            {
                during += count.Counts[i];
            }
        }

        return (before, during);
    }

    /// <summary>Time observed during ÷ before, in buckets with any line: a gap between a baseline and the window is no time in which nothing was logged.</summary>
    private static double Observed(LogDigest digest, int split)
    {
        var any = new bool[digest.Buckets];
        foreach (var count in digest.Templates)
        {
            for (var i = 0; i < count.Counts.Length && i < any.Length; i++)
            {
                any[i] |= count.Counts[i] > 0;
            }
        }

        return (double)any.Skip(split).Count(seen => seen) / Math.Max(1, any.Take(split).Count(seen => seen));
    }

    /// <summary>Lines of an instance during ÷ before: more requests make more lines of every kind.</summary>
    private static double Load(List<TemplateCount> templates, int split)
    {
        var sums = templates.ConvertAll(count => Sums(count, split));
        // a statement that explodes must not be its own excuse, so the middle statement speaks for the load
        return Series.RobustStatistics.Median(sums.Where(sum => sum.Before > 0).Select(sum => (double)sum.During / sum.Before)) is var middle && double.IsNaN(middle) ? 0 : middle;
    }

    internal static int Split(LogDigest digest, long onsetMs) =>
        (int)Math.Clamp((onsetMs - digest.FromMs) / Math.Max(1, digest.BucketMs), 0, digest.Buckets);
}
