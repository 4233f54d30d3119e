namespace OpsBot.Diagnosis.Triage;

/// <summary>
/// Maps scores to probabilities. The raw measure is how strong the evidence is (saturating) times how far it leads the next cause; a
/// logistic curve turns it into the share of diagnoses that were right at that measure on labelled incidents of five systems (about half at
/// 0.3, four fifths at 0.5, nine tenths at 0.6; a little flatter than measured, as other systems will be less kind).
/// </summary>
internal static class Confidences
{
    /// <summary>A change scoring less is not named: guilt by time alone is no guilt.</summary>
    public const double PlainChange = 0.25;

    private const double StrengthScale = 2;
    private const double Intercept = -2;
    private const double Slope = 7;
    private const double Most = 0.95;

    /// <summary>Share of what the causes before left over that a later cause may have.</summary>
    private const double ShareOfRest = 0.8;

    public static IReadOnlyList<RankedCause> Of(IReadOnlyList<RankedCause> causes)
    {
        var calibrated = new List<RankedCause>(causes.Count);
        var rest = 1.0;
        for (var rank = 0; rank < causes.Count; rank++)
        {
            var next = causes.Where((_, other) => other != rank).Select(other => other.Score).DefaultIfEmpty(0).Max();
            var alone = Probability(causes[rank].Score, next);
            var confidence = rank == 0 ? alone : Math.Min(alone, ShareOfRest * rest);
            calibrated.Add(causes[rank] with { Confidence = Math.Round(confidence, 3) });
            rest -= confidence;
        }

        return calibrated;
    }

    private static double Probability(double score, double next)
    {
        var lead = score <= 0 ? 0 : score / (score + next);
        var strength = 1 - Math.Exp(-score / StrengthScale);
        return Math.Min(Most, 1 / (1 + Math.Exp(-(Intercept + (Slope * strength * lead)))));
    }
}
