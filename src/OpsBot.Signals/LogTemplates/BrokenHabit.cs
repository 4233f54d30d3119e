namespace OpsBot.Signals.LogTemplates;

/// <summary>A statement that used to follow another, or a span, and no longer does.</summary>
/// <param name="Missing">The statement whose lines are missing.</param>
/// <param name="Partner">What it followed: a template, or an operation of a span.</param>
/// <param name="BeforeShare">Lines of the statement for each of the partner before.</param>
/// <param name="DuringShare">The same during.</param>
/// <param name="During">Occurrences of the partner during.</param>
/// <param name="Clarity">Difference in standard errors.</param>
public sealed record BrokenHabit(
    TemplateCount Missing, TemplateCount Partner, double BeforeShare, double DuringShare, long During, double Clarity);

/// <summary>
/// Code that returns early or throws leaves out the lines that used to follow. Each statement is held against what it depended on in the
/// same instance, so the number of requests does not matter, nor does their mix.
/// </summary>
public static class BrokenHabits
{
    /// <summary>Habits are looked for among so many statements of an instance, the most frequent first: the search is quadratic.</summary>
    private const int MostPartners = 80;

    /// <summary>A statement depends on a partner where it has at most this share of lines in buckets beyond the partner's.</summary>
    private const double Tolerance = 0.1;

    private const double LeastHabit = 0.4;
    private const int FewestLines = 5;
    private const int FewestPartners = 3;
    private const int BeginningWords = 4;

    /// <summary>Broken habits, clearest first.</summary>
    /// <param name="operations">Spans of operations counted in the buckets of the digest: a statement can follow a call as well.</param>
    public static IReadOnlyList<BrokenHabit> Find(LogDigest digest, IReadOnlyList<TemplateCount> operations, long onsetMs)
    {
        var split = TemplateShifts.Split(digest, onsetMs);
        var calls = operations.ToLookup(operation => (operation.Service, operation.Instance));
        return
        [
            .. digest.Templates
                .GroupBy(count => (count.Service, count.Instance))
                .SelectMany(group => Broken(
                    [.. Statements(group).OrderByDescending(count => count.Total).Take(MostPartners)],
                    [.. calls[group.Key].OrderByDescending(count => count.Total).Take(MostPartners)],
                    split))
                .OrderByDescending(habit => habit.Clarity)
                .ThenBy(habit => habit.Missing.Instance, StringComparer.Ordinal)
                .ThenBy(habit => habit.Missing.Template, StringComparer.Ordinal),
        ];
    }

    private static IEnumerable<BrokenHabit> Broken(List<TemplateCount> statements, List<TemplateCount> operations, int split) =>
        from missing in statements
        // an error that is no longer written is good news
        where LogLevels.Rank(missing.Level) < LogLevels.Error && TemplateShifts.Sums(missing, split).Before >= FewestLines
        let best = statements.Concat(operations)
            .Where(partner => !ReferenceEquals(partner, missing) && DependsOn(missing, partner, split))
            .Select(partner => Compare(missing, partner, split))
            .Where(habit => habit.BeforeShare >= LeastHabit && habit.During >= FewestPartners)
            .OrderByDescending(habit => habit.BeforeShare)
            .ThenByDescending(habit => habit.During)
            .FirstOrDefault()
        where best is { Clarity: > 0 }
        select best;

    private static BrokenHabit Compare(TemplateCount missing, TemplateCount partner, int split)
    {
        var (mineBefore, mineDuring) = TemplateShifts.Sums(missing, split);
        var (before, during) = TemplateShifts.Sums(partner, split);
        var shareBefore = Math.Min(1, (double)mineBefore / Math.Max(1, before));
        var shareDuring = Math.Min(1, (double)mineDuring / Math.Max(1, during));
        // half a line seen and half unseen are added, as nothing seen is no proof of never
        var pooled = (Math.Min(mineBefore + mineDuring, before + during) + 0.5) / (before + during + 1);
        var error = Math.Sqrt(pooled * (1 - pooled) * ((1.0 / Math.Max(1, before)) + (1.0 / Math.Max(1, during))));
        return new BrokenHabit(missing, partner, shareBefore, shareDuring, during, (shareBefore - shareDuring) / error);
    }

    private static bool DependsOn(TemplateCount statement, TemplateCount partner, int split)
    {
        long beyond = 0, total = 0;
        for (var i = 0; i < Math.Min(split, statement.Counts.Length); i++)
        {
            beyond += Math.Max(0, statement.Counts[i] - partner.Counts[i]);
            total += statement.Counts[i];
        }

        return beyond <= Tolerance * total;
    }

    /// <summary>
    /// One statement of a program gives several templates where a variable part has words of its own; what they begin with is the same.
    /// </summary>
    private static IEnumerable<TemplateCount> Statements(IEnumerable<TemplateCount> templates) =>
        templates.GroupBy(Beginning, StringComparer.Ordinal).Select(group => group.Count() == 1 ? group.First() : Sum([.. group]));

    private static TemplateCount Sum(List<TemplateCount> same)
    {
        var most = same.OrderByDescending(count => count.Total).ThenBy(count => count.Template, StringComparer.Ordinal).First();
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

    /// <summary>The first words of the line as it was: the place in the code that many formats begin with is lost in the template.</summary>
    private static string Beginning(TemplateCount count) => string.Join(
        ' ',
        (count.Samples.Count > 0 ? count.Samples[0] : count.Template)
            .Split([' ', '[', ']', ':', ',', '=', '(', '{', '\n'], BeginningWords + 2, StringSplitOptions.RemoveEmptyEntries)
            .Take(BeginningWords));
}
