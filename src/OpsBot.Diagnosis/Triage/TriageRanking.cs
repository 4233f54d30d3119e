using OpsBot.Signals.RootCause;

namespace OpsBot.Diagnosis.Triage;

/// <summary>From observations to ranked causes. Pure: the same observations give the same ranking in any order.</summary>
internal static class TriageRanking
{
    private const int MostCauses = 10;

    public static TriageResult Rank(TriageCase triage)
    {
        var metrics = MetricFindings.Find(triage);
        var (onset, events) = OnsetEstimate.Refine(OnsetEstimate.Of(metrics, triage), triage, at => [.. TraceFindings.Find(triage, at), .. LogFindings.Find(triage, at)]);
        var findings = AlertRelevance.Weigh([.. metrics, .. events], triage);
        var suspects = BlameRanker.Rank(findings, triage.Graph);
        var changes = ChangeSuspicion.Rank(triage, findings, suspects, onset);
        var causes = Join(suspects, changes);
        return new TriageResult(Confidences.Of(causes), onset, findings, AlertRelevance.Kind(triage));
    }

    /// <summary>
    /// A change that is suspicious enough comes with the suspect of its service and moves it up; the other suspects follow by their score.
    /// </summary>
    private static List<RankedCause> Join(IReadOnlyList<Suspect> suspects, IReadOnlyList<SuspectChange> changes)
    {
        var top = suspects.Count == 0 ? 1 : suspects[0].Score;
        var blamed = changes.Where(change => change.Score >= Confidences.PlainChange).ToList();
        var explained = blamed.Select(change => new RankedCause(
            suspects.FirstOrDefault(suspect => string.Equals(suspect.Service, change.Change.Service, StringComparison.Ordinal)), change, top * (1 + change.Score), 0));
        var others = suspects
            .Where(suspect => !blamed.Any(change => string.Equals(change.Change.Service, suspect.Service, StringComparison.Ordinal)))
            .Select(suspect => new RankedCause(suspect, null, suspect.Score, 0));
        return [.. explained.Concat(others).OrderByDescending(cause => cause.Score).Take(MostCauses)];
    }
}
