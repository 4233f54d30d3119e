namespace OpsBot.Diagnosis.Triage;

/// <summary>Maps scores to probabilities.</summary>
internal static class Confidences
{
    /// <summary>A change scoring less is not named: guilt by time alone is no guilt.</summary>
    public const double PlainChange = 0.25;

    public static IReadOnlyList<RankedCause> Of(IReadOnlyList<RankedCause> causes) =>
        [.. causes.Select((cause, rank) => cause with { Confidence = Confidence(cause.Score, causes.Where((_, other) => other != rank).Select(other => other.Score).DefaultIfEmpty(0).Max()) })];

    private static double Confidence(double score, double next)
    {
        var lead = score / (score + next);
        var strength = 1 - Math.Exp(-score / 2);
        return Math.Round(Math.Clamp(strength * lead, 0.01, 0.95), 3);
    }
}
