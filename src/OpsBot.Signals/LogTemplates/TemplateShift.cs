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

/// <summary>A template that used to follow another in equal numbers and no longer does.</summary>
/// <param name="Partner">The template that it went with.</param>
/// <param name="Expected">Lines during that the partner's count lets expect.</param>
public sealed record BrokenPair(TemplateCount Missing, TemplateCount Partner, double Expected, long During, double Clarity);

/// <summary>Compares the counts of a digest before and during.</summary>
public static class TemplateShifts
{
    /// <summary>Pairs are looked for among so many templates of an instance, the most frequent first: the search is quadratic.</summary>
    private const int MostPartners = 80;

    /// <summary>Two templates go together where their counts a bucket differ by no more than this share.</summary>
    private const double PairTolerance = 0.1;

    private const int FewestPairs = 5;

    private const int BeginningWords = 4;

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
                    return new TemplateShift(count, before, expected, during, (during - expected) / Math.Sqrt(expected + 1));
                })
                .Where(shift => shift.Clarity > 0)
                .OrderByDescending(shift => shift.Clarity)
                .ThenBy(shift => shift.Count.Service, StringComparer.Ordinal)
                .ThenBy(shift => shift.Count.Instance, StringComparer.Ordinal)
                .ThenBy(shift => shift.Count.Template, StringComparer.Ordinal),
        ];
    }

    /// <summary>Templates that broke with their partner of the same instance, clearest first. Independent of how many requests there were.</summary>
    public static IReadOnlyList<BrokenPair> FindBroken(LogDigest digest, long onsetMs)
    {
        var split = Split(digest, onsetMs);
        return
        [
            .. digest.Templates
                .GroupBy(count => (count.Service, count.Instance))
                .SelectMany(group => Broken([.. Statements(group).OrderByDescending(count => count.Total).Take(MostPartners)], split))
                .OrderByDescending(pair => pair.Clarity)
                .ThenBy(pair => pair.Missing.Instance, StringComparer.Ordinal)
                .ThenBy(pair => pair.Missing.Template, StringComparer.Ordinal),
        ];
    }

    private static IEnumerable<BrokenPair> Broken(List<TemplateCount> templates, int split)
    {
        foreach (var missing in templates)
        {
            var (before, during) = Sums(missing, split);
            if (before < FewestPairs)
            {
                continue;
            }

            var best = templates
                .Where(partner => !ReferenceEquals(partner, missing) && GoTogether(missing, partner, split))
                .Select(partner => (Partner: partner, Sums: Sums(partner, split)))
                .Where(candidate => candidate.Sums.During > 0)
                .OrderByDescending(candidate => candidate.Sums.During)
                .FirstOrDefault();
            if (best.Partner is null)
            {
                continue;
            }

            var expected = (double)before / best.Sums.Before * best.Sums.During;
            var clarity = (expected - during) / Math.Sqrt(Math.Max(during, 0) + 1);
            if (clarity > 0)
            {
                yield return new BrokenPair(missing, best.Partner, expected, during, clarity);
            }
        }
    }

    private static bool GoTogether(TemplateCount a, TemplateCount b, int split)
    {
        long differ = 0, total = 0;
        for (var i = 0; i < Math.Min(split, a.Counts.Length); i++)
        {
            differ += Math.Abs(a.Counts[i] - b.Counts[i]);
            total += a.Counts[i];
        }

        return differ <= PairTolerance * total;
    }

    private static (long Before, long During) Sums(TemplateCount count, int split)
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

    /// <summary>
    /// One statement of a program gives several templates where a variable part has words of its own; what they begin with is the same.
    /// </summary>
    private static IEnumerable<TemplateCount> Statements(IEnumerable<TemplateCount> templates) =>
        templates.GroupBy(count => Beginning(count.Template), StringComparer.Ordinal).Select(group => group.Count() == 1 ? group.First() : Sum([.. group]));

    private static TemplateCount Sum(List<TemplateCount> same)
    {
        var most = same.MaxBy(count => count.Total)!;
        var counts = new int[most.Counts.Length];
        foreach (var count in same)
        {
            for (var i = 0; i < counts.Length; i++)
            {
                counts[i] += count.Counts[i];
            }
        }

        return most with { Counts = counts, Total = same.Sum(count => count.Total) };
    }

    private static string Beginning(string template) => string.Join(
        ' ', template.Split([' ', '[', ']', ':', ',', '=', '(', '{', '\n'], StringSplitOptions.RemoveEmptyEntries).Where(word => !word.Contains("<*>", StringComparison.Ordinal)).Take(BeginningWords));

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

    private static int Split(LogDigest digest, long onsetMs) =>
        (int)Math.Clamp((onsetMs - digest.FromMs) / Math.Max(1, digest.BucketMs), 0, digest.Buckets);
}
