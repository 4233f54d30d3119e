using MassTransit;
using OpsBot.Actions.Approvals;
using OpsBot.Actions.Catalog;
using OpsBot.Contracts;
using OpsBot.Contracts.Diagnoses;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Messages;
using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Watches;
using OpsBot.Storage.Incidents;
using OpsBot.Storage.Memory;
using OpsBot.Storage.Messages;
using OpsBot.Watches.Desk;

namespace OpsBot.Handlers.Proposals;

/// <summary>A diagnosis named causes: put the actions of the catalog that answer them before people.</summary>
public sealed class ProposeActionsHandler(
    MessageHandling handling, IIncidentReader incidents, IChangeHistory changes, IActionCatalog catalog, ProposalPreparation preparation, ProposalDesk desk,
    IOutcomeMemory memory, IWatchReader watches)
    : IConsumer<Due<ProposeActions>>
{
    private static readonly TimeSpan ChangesBefore = TimeSpan.FromDays(1);

    public Task Consume(ConsumeContext<Due<ProposeActions>> context) => handling.Handle(context, async (request, run) =>
    {
        var detail = await incidents.FindAsync(request.IncidentId, run.CancellationToken);
        if (detail is not { Diagnosis: { } diagnosis } || diagnosis.Generation != request.Generation || detail.Incident.Status == IncidentStatus.Resolved)
        {
            return _ => Task.CompletedTask;
        }

        // what a watch says is wrong is surer than what is suspected of it
        IReadOnlyList<ProposalRequest> wanted =
        [
            .. Suggestions.For(catalog.All, detail.Incident, await FindingsAsync(detail, run.CancellationToken)),
            .. Suggestions.For(catalog.All, detail.Incident, diagnosis.Report, await ChangesAsync(detail.Incident, diagnosis.Report, run.CancellationToken)),
        ];
        var ranked = EarlierFixes.Rank(wanted, wanted.Count > 0 ? await memory.FixesForAsync(request.IncidentId, run.CancellationToken) : []);
        var (prepared, refused) = (new List<(PreparedProposal Proposal, IReadOnlyList<long> Informed)>(), new List<TimelineEntry>());
        foreach (var (one, informed) in ranked)
        {
            try
            {
                prepared.Add((await preparation.PrepareAsync(one, run.CancellationToken), informed));
            }
            catch (ActionRefusedException no)
            {
                refused.Add(new TimelineEntry(diagnosis.At, "proposal", $"{one.Action} was not proposed. {no.Message}"));
            }
        }

        return async scope =>
        {
            await IncidentTable.AddTimelineAsync(scope.Transaction, request.IncidentId, refused.Select(entry => entry with { At = scope.Now }));
            foreach (var (one, informed) in prepared)
            {
                if (!(await desk.StoreAsync(scope, one)).Accepted)
                    continue;
                foreach (var earlier in informed)
                    await OutcomeTable.UseAsync(scope.Transaction, earlier, request.IncidentId, scope.Now);
            }
        };
    });

    private async Task<IReadOnlyList<WatchedFinding>> FindingsAsync(IncidentDetail detail, CancellationToken cancellationToken)
    {
        var found = new List<WatchedFinding>();
        foreach (var alert in detail.Alerts.Where(alert => alert.Source == WatchNames.AlertSource))
        {
            if (WatchNames.TryParseAlertKey(alert.IncidentKey, out var id) && await watches.FindAsync(id, cancellationToken) is { } watch)
                found.AddRange(watch.Problems.Select(problem => new WatchedFinding(problem.Kind, problem.Text, WatchFacts.Of(watch, problem))));
        }

        return found;
    }

    private Task<IReadOnlyList<DeployReported>> ChangesAsync(Incident incident, DiagnosisReport report, CancellationToken cancellationToken) =>
        report.Causes.Any(cause => cause.Change is not null)
            ? changes.FindAsync(incident.Environment, new TimeWindow(incident.StartedAt - ChangesBefore, incident.LastEventAt), 100, cancellationToken)
            : Task.FromResult<IReadOnlyList<DeployReported>>([]);
}

/// <summary>How many at once: each runs programs of the catalog.</summary>
public sealed class ProposeActionsDefinition : ConsumerDefinition<ProposeActionsHandler>
{
    public const int Concurrency = 2;

    public ProposeActionsDefinition() => ConcurrentMessageLimit = Concurrency;
}
