namespace OpsBot.Diagnosis.Triage;

/// <summary>Maps scores to probabilities.</summary>
internal static class Confidences
{
    /// <summary>A change scoring less is not named: guilt by time alone is no guilt.</summary>
    public const double PlainChange = 0.25;

    public static IReadOnlyList<RankedCause> Of(IReadOnlyList<RankedCause> causes)
    {
        var all = causes.Sum(cause => cause.Score);
        return [.. causes.Select(cause => cause with { Confidence = Confidence(cause.Score, all) })];
    }

    private static double Confidence(double score, double all)
    {
        var share = all == 0 ? 0 : score / all;
        var strength = 1 - Math.Exp(-score / 2.5);
        return Math.Round(Math.Clamp(strength * (0.2 + (0.75 * share)), 0.01, 0.95), 3);
    }
}
