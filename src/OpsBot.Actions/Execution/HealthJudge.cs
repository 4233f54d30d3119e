using System.Globalization;
using OpsBot.Actions.Catalog;

namespace OpsBot.Actions.Execution;

/// <summary>Whether a target does worse than before.</summary>
internal static class HealthJudge
{
    /// <summary>A sentence where the number is worse by more than it may vary: by its tolerance relative to before, and by its floor at least.</summary>
    public static string? Regression(HealthCheck check, double before, double after)
    {
        var worse = check.Worse == "lower" ? before - after : after - before;
        return worse > Math.Max(check.Tolerance * Math.Abs(before), check.Floor)
            ? string.Create(CultureInfo.InvariantCulture, $"{check.Name} got worse: {before:0.####} → {after:0.####}.")
            : null;
    }

    /// <summary>The number on the last line that is not empty; null where it is none.</summary>
    public static double? LastNumber(string output)
    {
        var last = output.AsSpan().TrimEnd();
        last = last[(last.LastIndexOf('\n') + 1)..].Trim();
        return double.TryParse(last, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;
    }
}
