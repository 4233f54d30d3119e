using System.Globalization;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Ports;
using OpsBot.Incidents.Flow;

namespace OpsBot.Incidents.Correlation;

/// <summary>
/// Says which incident an alert belongs to. In this order: the sender's own incident key; the same fingerprint from the same sender; the best
/// score of <see cref="SimilarityScore"/> at or above the threshold, among incidents that are not resolved. A key or fingerprint finds an
/// incident while it is not resolved, and within the reopen window after. Environments never mix.
/// </summary>
public static class Correlator
{
    /// <remarks>
    /// Deterministic: the same input gives the same answer whatever the order of the candidates; equal scores go to the oldest incident.
    /// </remarks>
    public static JoinDecision Choose(
        AlertReported alert, CorrelationCandidates candidates, ITopology topology, CorrelationOptions options)
    {
        var time = SenderClock.TimeOf(alert);
        if (alert.Status != AlertStatus.Resolved && time <= candidates.ResolvedEarlier)
            return new JoinDecision.Ignore("Its resolve came first and is not older.", Remember: false);

        if (Known(candidates.ByKey, alert, time, options) is { } byKey)
            return new JoinDecision.Join(byKey.Id, "incident-key", 1, [$"{alert.Source} calls it the same incident", .. Again(byKey, alert)]);
        if (Known(candidates.ByFingerprint, alert, time, options) is { } byFingerprint)
            return new JoinDecision.Join(byFingerprint.Id, "fingerprint", 1, [$"the same alert of {alert.Source}", .. Again(byFingerprint, alert)]);
        if (alert.Status == AlertStatus.Resolved)
            return new JoinDecision.Ignore("A resolve of an alert that no incident knows.", Remember: true);

        var environment = options.EnvironmentOf(alert);
        var probe = AlertProbe.Of(alert, time);
        IncidentCandidate? best = null;
        var bestScore = SimilarityScore.None;
        foreach (var candidate in candidates.Nearby.Take(CorrelationCandidates.MaxNearby))
        {
            if (candidate.Status == IncidentStatus.Resolved || !SameEnvironment(candidate, environment))
                continue;
            var score = SimilarityScore.Of(probe, candidate, topology, options.Window);
            if (best is null || score.Value > bestScore.Value || (score.Value.Equals(bestScore.Value) && candidate.Id < best.Id))
                (best, bestScore) = (candidate, score);
        }

        if (best is null)
            return new JoinDecision.Open(0, ["no open incident near it"]);
        return bestScore.Value >= options.Threshold
            ? new JoinDecision.Join(best.Id, "score", bestScore.Value, bestScore.Parts)
            : new JoinDecision.Open(bestScore.Value, [BelowThreshold(best, bestScore, options), .. bestScore.Parts]);
    }

    private static IncidentCandidate? Known(
        IReadOnlyList<IncidentCandidate> candidates, AlertReported alert, DateTimeOffset time, CorrelationOptions options)
    {
        var environment = options.EnvironmentOf(alert);
        // A sender that names the environment in its trigger need not repeat it in its resolve: what names none is found by its key anywhere.
        var named = !string.IsNullOrWhiteSpace(alert.Environment);
        return candidates
            .Where(candidate => !named || SameEnvironment(candidate, environment))
            .Where(candidate => Receives(candidate, alert, time, options))
            .OrderBy(candidate => SameEnvironment(candidate, environment) ? 0 : 1)
            .ThenBy(candidate => candidate.Status == IncidentStatus.Resolved ? 1 : 0)
            .ThenByDescending(candidate => candidate.LastEventAt)
            .ThenByDescending(candidate => candidate.Id)
            .FirstOrDefault();
    }

    /// <summary>
    /// What happened later than the reopen window is of something new, a resolve too: its firing event may still be on the way. Only what a
    /// person resolved while alerts fired still waits for their resolves.
    /// </summary>
    private static bool Receives(IncidentCandidate candidate, AlertReported alert, DateTimeOffset time, CorrelationOptions options) =>
        candidate.Status != IncidentStatus.Resolved
        || (alert.Status == AlertStatus.Resolved && candidate.ActiveAlerts > 0)
        || time - (candidate.ResolvedAt ?? candidate.LastEventAt) <= options.ReopenWindow;

    private static bool SameEnvironment(IncidentCandidate candidate, string environment) =>
        string.Equals(candidate.Environment, environment, StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<string> Again(IncidentCandidate candidate, AlertReported alert) =>
        candidate.Status == IncidentStatus.Resolved && alert.Status != AlertStatus.Resolved ? ["within the reopen window"] : [];

    private static string BelowThreshold(IncidentCandidate best, SimilarityScore score, CorrelationOptions options) => string.Create(
        CultureInfo.InvariantCulture, $"nearest was {Names.Incident(best.Id)} with {score.Value:0.00}, below {options.Threshold:0.00}");
}
