using System.Text.Json;
using Microsoft.Extensions.Options;
using OpsBot.Contracts;
using OpsBot.Contracts.Diagnoses;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Messages;
using OpsBot.Contracts.Ports;
using OpsBot.Incidents.Correlation;
using OpsBot.Incidents.Flow;
using OpsBot.Storage.Changes;
using OpsBot.Storage.Incidents;
using OpsBot.Storage.Messages;

namespace OpsBot.Incidents.Desk;

/// <summary>Takes events to the incident they belong to: reads what is known, asks the pure flow, writes what follows. All in the caller's transaction.</summary>
public sealed class IncidentDesk(
    IOptions<CorrelationOptions> correlation, IOptions<FlowSettings> settings, ITopology topology, ILiveUpdates live)
{
    private const int KnownIncidentsAtMost = 5;
    private const int NearbyForChange = 20;

    /// <summary>Correlates an alert, and opens, moves or reopens its incident.</summary>
    public async Task TakeAsync(AlertReported alert, EffectScope scope)
    {
        var found = await KnownIncidents.OfAsync(
            scope.Transaction, correlation.Value.EnvironmentOf(alert), alert.Source, alert.IncidentKey, alert.Fingerprint, KnownIncidentsAtMost,
            MuteDesk.FingerprintOf(alert), scope.Now);
        var known = Candidates(found);
        alert = Correlator.Heard(alert, known, correlation.Value)?.Date(alert) ?? alert;
        var decision = Correlator.Choose(alert, known, topology, correlation.Value);
        if (decision is JoinDecision.Open)
        {
            // only what neither key nor fingerprint settles is compared with its neighbours
            decision = Correlator.Choose(alert, known with { Nearby = await NearbyAsync(alert, scope) }, topology, correlation.Value);
        }

        switch (decision)
        {
            case JoinDecision.Ignore ignored:
                if (found.Muted)
                    await MuteDesk.KeepAsync(alert, scope);
                if (ignored.Remember)
                {
                    await OrphanResolves.RememberAsync(
                        scope.Transaction, correlation.Value.EnvironmentOf(alert), alert.Source, alert.IncidentKey,
                        SenderClock.TimeOf(alert), alert.ReceivedAt);
                }

                return;
            case var _ when found.Muted && !BelongsToLive(decision, found):
                await MuteDesk.KeepAsync(alert, scope);
                return;
            case JoinDecision.Join join:
                var joined = found.ByKey.FirstOrDefault(one => one.Incident.Id == join.IncidentId);
                var previous = joined is not null
                    ? joined.Alert
                    : await IncidentTable.FindAlertAsync(scope.Transaction, join.IncidentId, alert.Source, alert.IncidentKey);
                await JoinAsync(join.IncidentId, alert, previous, decision, scope, joined, quiet: found.Muted);
                return;
            default:
                var environment = correlation.Value.EnvironmentOf(alert);
                var id = await IncidentTable.ReserveAsync(scope.Transaction, environment, scope.Now);
                await JoinAsync(id, alert, previous: null, decision, scope);
                await NoteEarlierChangesAsync(id, alert, environment, scope);
                return;
        }
    }

    /// <summary>The alerts of this one's sender, environment and fingerprint that are not resolved, the newest few.</summary>
    public Task<IReadOnlyList<IncidentAlert>> ActiveLikeAsync(AlertReported alert, EffectScope scope) =>
        IncidentTable.FindActiveAlertsAsync(
            scope.Transaction, correlation.Value.EnvironmentOf(alert), alert.Source, alert.Fingerprint, CorrelationCandidates.MaxNearby);

    /// <summary>A person wants a diagnosis now.</summary>
    /// <param name="by">The person as shown.</param>
    public Task<bool> AskDiagnosisAsync(long incidentId, string by, EffectScope scope) =>
        ApplyAsync(new DiagnosisAsked(incidentId, scope.Now, by), scope);

    /// <summary>The incident after alerts were given to it or taken away.</summary>
    internal async Task<Incident> RegroupAsync(AlertsRegrouped moved, EffectScope scope)
    {
        await ApplyAsync(moved, scope);
        return (await IncidentTable.FindAsync(scope.Transaction, moved.IncidentId))!.Value.Incident;
    }

    /// <summary>A muted alert is followed where its sender's key stands in an incident that is not over; it opens and reopens none.</summary>
    private static bool BelongsToLive(JoinDecision decision, KnownIncidents found) =>
        decision is JoinDecision.Join join && found.ByKey.Any(one => one.Incident.Id == join.IncidentId && one.Incident.Status != IncidentStatus.Resolved);

    /// <summary>Puts a change on the timeline of the open incidents that it may have to do with.</summary>
    public async Task TakeAsync(DeployReported change, EffectScope scope)
    {
        var time = change.OccurredAt ?? scope.Now;
        var open = await IncidentTable.RecentAsync(
            scope.Transaction, correlation.Value.EnvironmentOf(change.Environment), time - correlation.Value.Window, resolved: null,
            NearbyForChange, alertsEach: 0);
        foreach (var (incident, _) in open)
        {
            if (ChangeRelation.Of(change, incident, topology) is { } relation)
            {
                await ApplyAsync(new ChangeSeen(incident.Id, scope.Now, change, relation), scope);
            }
        }
    }

    /// <summary>Keeps a finished diagnosis and says what is new in it.</summary>
    /// <returns>False where a newer one has been asked for meanwhile.</returns>
    public async Task<bool> TakeAsync(DiagnoseIncident request, DiagnosisReport report, EffectScope scope)
    {
        await IncidentTable.AddDiagnosisAsync(
            scope.Transaction, request.IncidentId, new StoredDiagnosis(request.Generation, scope.Now, request.Reason, report));
        await ApplyAsync(new DiagnosisFinished(request.IncidentId, scope.Now, request.Generation, report), scope);
        return await IncidentTable.FindAsync(scope.Transaction, request.IncidentId) is { } known && request.Generation >= known.Incident.DiagnosisGeneration;
    }

    /// <summary>A person takes an incident on. False where it is nobody's to take any more: nothing changed.</summary>
    /// <param name="by">The person as shown.</param>
    public Task<bool> AcknowledgeAsync(long incidentId, string by, EffectScope scope) =>
        ApplyAsync(new PersonAcknowledged(incidentId, scope.Now, by), scope);

    /// <summary>A person declares an incident over, whatever its senders say. False where it was resolved already.</summary>
    /// <param name="by">The person as shown.</param>
    public Task<bool> ResolveAsync(long incidentId, string by, EffectScope scope) =>
        ApplyAsync(new PersonResolved(incidentId, scope.Now, by), scope);

    /// <summary>What changed shortly before is the first thing that people ask.</summary>
    private async Task NoteEarlierChangesAsync(long id, AlertReported alert, string environment, EffectScope scope)
    {
        var began = alert.StartedAt ?? SenderClock.TimeOf(alert);
        var changes = await ChangeTable.FindAsync(
            scope.Transaction, environment, new TimeWindow(began - settings.Value.ChangeLookback, scope.Now), NearbyForChange);
        if (await IncidentTable.FindAsync(scope.Transaction, id) is not { } opened)
        {
            return;
        }

        foreach (var change in changes)
        {
            if (ChangeRelation.Of(change, opened.Incident, topology) is { } relation)
            {
                await ApplyAsync(new ChangeSeen(id, scope.Now, change, relation), scope);
            }
        }
    }

    private static CorrelationCandidates Candidates(KnownIncidents found) => new()
    {
        ByKey = [.. found.ByKey.Select(one => IncidentCandidate.Of(one.Incident, [], one.Alert))],
        ByFingerprint = [.. found.ByFingerprint.Select(incident => IncidentCandidate.Of(incident, []))],
        ResolvedEarlier = found.Orphan is { } resolve ? new LastHeard(AlertStatus.Resolved, resolve.ResolvedAt, resolve.ReceivedAt) : null,
    };

    private async Task<IReadOnlyList<IncidentCandidate>> NearbyAsync(AlertReported alert, EffectScope scope)
    {
        var (time, options) = (SenderClock.TimeOf(alert), correlation.Value);
        var recent = await IncidentTable.RecentAsync(
            scope.Transaction, options.EnvironmentOf(alert), time - options.Window,
            new TimeWindow(time - options.SettleWindow, time + options.SettleWindow),
            CorrelationCandidates.MaxNearby, CorrelationCandidates.MaxRecentAlerts);
        return [.. recent.Select(one => IncidentCandidate.Of(one.Incident, [.. one.NewestAlerts.Select(AlertSketch.Of)]))];
    }

    private async Task JoinAsync(long id, AlertReported alert, IncidentAlert? previous, JoinDecision decision, EffectScope scope, KnownIncident? known = null, bool quiet = false)
    {
        var join = decision.ToJoin(alert, scope.Now)!;
        await ApplyAsync(
            new AlertJoined(id, scope.Now, correlation.Value.EnvironmentOf(alert), alert, previous, join), scope,
            known is null ? null : (known.Incident, known.Memory), quiet);
        // A repeat of what is known explains nothing new.
        if (previous is null)
        {
            await IncidentTable.AddJoinAsync(scope.Transaction, id, join);
        }
    }

    /// <summary>False where the flow finds that nothing follows from it.</summary>
    /// <param name="known">The incident as it stands in this transaction, where it was read already.</param>
    /// <param name="quiet">Nobody is told and nothing is looked into: the card alone follows it.</param>
    private async Task<bool> ApplyAsync(IncidentEvent happened, EffectScope scope, (Incident Incident, string Memory)? known = null, bool quiet = false)
    {
        known ??= await IncidentTable.FindAsync(scope.Transaction, happened.IncidentId);
        var state = known is { } found
            ? new IncidentState(found.Incident, JsonSerializer.Deserialize<FlowMemory>(found.Memory, OpsBotJson.Options)!)
            : null;
        var result = IncidentFlow.Apply(state, happened, settings.Value);
        if (result.State is null)
        {
            throw new InvalidOperationException(
                $"{Names.Incident(happened.IncidentId)} was to be opened, and the flow refused: {result.NothingBecause}");
        }

        var incident = result.State.Incident;
        await IncidentTable.SaveAsync(scope.Transaction, incident, JsonSerializer.Serialize(result.State.Memory, OpsBotJson.Options));
        if (result.Alert is { } alert)
        {
            await IncidentTable.SaveAlertAsync(scope.Transaction, incident, alert);
        }

        await IncidentTable.AddTimelineAsync(scope.Transaction, incident.Id, result.Timeline);
        foreach (var message in result.Messages.Where(message => !quiet || message.Message is not (PostReply or DiagnoseIncident)))
        {
            scope.Follow(Row(message));
        }

        scope.AfterCommit(() => live.IncidentChanged(incident.Id));
        return result.NothingBecause is null;
    }

    private static NewMessage Row(FollowUp follow) => follow.Message switch
    {
        DiagnoseIncident diagnose => NewMessage.Of(diagnose, Streams.Diagnosis(diagnose.IncidentId), follow.Delay),
        UpdateCard card => NewMessage.Of(card, Streams.Thread(card.IncidentId), follow.Delay, coalesce: true),
        PostReply reply => NewMessage.Of(reply, Streams.Thread(reply.IncidentId), follow.Delay),
        RememberOutcome remember => NewMessage.Of(remember, Streams.Outcome(remember.IncidentId), follow.Delay),
        _ => throw new InvalidOperationException($"Nobody said which stream {follow.Kind} belongs to."),
    };
}
