using System.Globalization;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Ports;
using OpsBot.Incidents.Flow;

namespace OpsBot.Incidents.Correlation;

/// <summary>
/// Says which incident an alert belongs to. In this order: the sender's own incident key; the same fingerprint from the same sender; the best
/// score of <see cref="SimilarityScore"/> at or above the threshold, among incidents that are not resolved or were within the settle window.
/// A key or fingerprint finds an incident while it is not resolved, and within the reopen window after; a key that names one incident for
/// ever finds it always. A notice that no key settles opens one of its own. Environments never mix, but for what the sender's key settles: such a key, and an acknowledgement or a resolve that
/// names no environment, find their incident in any. A resolve is of its key alone.
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
        if (alert.Status != AlertStatus.Resolved && time <= candidates.ResolvedEarlier?.At)
            return new JoinDecision.Ignore("Its resolve came first and is not older.", Remember: false);

        var environment = options.EnvironmentOf(alert);
        if (Known(ByKey(alert, candidates, environment), alert, time, options, always: alert.KeyNamesOneIncident) is { } byKey)
            return new JoinDecision.Join(byKey.Id, "incident-key", 1, [$"{alert.Source} calls it the same incident", .. Again(byKey, alert, "reopen")]);
        if (alert.Status == AlertStatus.Resolved)
            return new JoinDecision.Ignore("A resolve of an alert that no incident knows.", Remember: true);
        if (alert.IsNotice)
            return new JoinDecision.Open(0, ["it has a thread of its own"]);
        if (Known(candidates.ByFingerprint.Where(candidate => SameEnvironment(candidate, environment)), alert, time, options) is { } byFingerprint)
            return new JoinDecision.Join(byFingerprint.Id, "fingerprint", 1, [$"the same alert of {alert.Source}", .. Again(byFingerprint, alert, "reopen")]);

        var probe = AlertProbe.Of(alert, time);
        IncidentCandidate? best = null;
        var bestScore = SimilarityScore.None;
        foreach (var candidate in candidates.Nearby.Take(CorrelationCandidates.MaxNearby))
        {
            if (!SameEnvironment(candidate, environment) || !IsUnsettled(candidate, time, options))
                continue;
            var score = SimilarityScore.Of(probe, candidate, topology, options.Window);
            if (best is null || score.Value > bestScore.Value || (score.Value.Equals(bestScore.Value) && ComesBefore(candidate, best)))
                (best, bestScore) = (candidate, score);
        }

        if (best is null)
            return new JoinDecision.Open(0, ["no open incident near it"]);
        return bestScore.Value >= options.Threshold
            ? new JoinDecision.Join(best.Id, "score", bestScore.Value, [.. bestScore.Parts, .. Again(best, alert, "settle")])
            : new JoinDecision.Open(bestScore.Value, [BelowThreshold(best, bestScore, options), .. bestScore.Parts]);
    }

    /// <summary>The newest that is known of an alert, for <see cref="LastHeard.Date"/>; null where nothing is.</summary>
    public static LastHeard? Heard(AlertReported alert, CorrelationCandidates candidates, CorrelationOptions options) =>
        ByKey(alert, candidates, options.EnvironmentOf(alert))
            .Select(candidate => candidate.Alert)
            .OfType<IncidentAlert>()
            .Select(LastHeard.Of)
            .Append(candidates.ResolvedEarlier)
            .MaxBy(heard => heard?.At);

    private static IEnumerable<IncidentCandidate> ByKey(AlertReported alert, CorrelationCandidates candidates, string environment)
    {
        // A sender that names the environment in its trigger need not repeat it later; one that fires without naming any is of the default one.
        var anywhere = alert.KeyNamesOneIncident || (alert.Status != AlertStatus.Firing && string.IsNullOrWhiteSpace(alert.Environment));
        return candidates.ByKey.Where(candidate => anywhere || SameEnvironment(candidate, environment));
    }

    private static IncidentCandidate? Known(
        IEnumerable<IncidentCandidate> candidates, AlertReported alert, DateTimeOffset time, CorrelationOptions options, bool always = false) =>
        candidates
            .Where(candidate => always || Receives(candidate, alert, time, options))
            .OrderBy(candidate => SameEnvironment(candidate, options.EnvironmentOf(alert)) ? 0 : 1)
            .ThenBy(candidate => candidate.Status == IncidentStatus.Resolved ? 1 : 0)
            .ThenByDescending(candidate => candidate.LastEventAt)
            .ThenByDescending(candidate => candidate.Id)
            .FirstOrDefault();

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

    /// <summary>Not resolved, or so near its resolve that it may not be over.</summary>
    private static bool IsUnsettled(IncidentCandidate candidate, DateTimeOffset time, CorrelationOptions options) =>
        candidate.Status != IncidentStatus.Resolved
        || (time - (candidate.ResolvedAt ?? candidate.LastEventAt)).Duration() <= options.SettleWindow;

    private static bool ComesBefore(IncidentCandidate candidate, IncidentCandidate other) =>
        (candidate.Status == IncidentStatus.Resolved, candidate.Id).CompareTo((other.Status == IncidentStatus.Resolved, other.Id)) < 0;

    private static IEnumerable<string> Again(IncidentCandidate candidate, AlertReported alert, string window) =>
        candidate.Status == IncidentStatus.Resolved && alert.Status != AlertStatus.Resolved ? [$"within the {window} window"] : [];

    private static string BelowThreshold(IncidentCandidate best, SimilarityScore score, CorrelationOptions options) => string.Create(
        CultureInfo.InvariantCulture, $"nearest was {Names.Incident(best.Id)} with {score.Value:0.00}, below {options.Threshold:0.00}");
}
