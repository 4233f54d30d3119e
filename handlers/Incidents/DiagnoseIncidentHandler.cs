using System.Text.Json;
using MassTransit;
using Microsoft.Extensions.Options;
using OpsBot.Actions.Catalog;
using OpsBot.Contracts;
using OpsBot.Contracts.Diagnoses;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Messages;
using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Watches;
using OpsBot.Diagnosis;
using OpsBot.Evidence;
using OpsBot.Handlers.PagerDuty;
using OpsBot.Incidents.Desk;
using OpsBot.Storage.Messages;

namespace OpsBot.Handlers.Incidents;

/// <summary>An incident wants a diagnosis: ask every source, rank causes, keep the report.</summary>
public sealed class DiagnoseIncidentHandler(
    MessageHandling handling, IIncidentReader incidents, IDiagnostician diagnostician, IEnumerable<IEvidenceSource> sources, IJournal journal,
    IncidentDesk desk, PagerDutyNews pager, IActionCatalog catalog, IOptions<DiagnosisOptions> options, TimeProvider clock) : IConsumer<Due<DiagnoseIncident>>
{
    private const string Reported = "reported";

    public Task Consume(ConsumeContext<Due<DiagnoseIncident>> context) => handling.Handle(context, async (request, run) =>
    {
        var report = await EarlierAsync(run) ?? await DiagnoseAsync(request, run);
        var detail = await incidents.FindAsync(request.IncidentId, run.CancellationToken);
        return async scope =>
        {
            if (!await desk.TakeAsync(request, report, scope))
                return;
            if (detail is not null)
                pager.Diagnosed(detail, request.Generation, report, scope);
            if ((report.Causes.Count > 0 || detail?.Alerts.Any(alert => alert.Source == WatchNames.AlertSource) == true) && catalog.All.Count > 0)
                scope.Follow(NewMessage.Of(new ProposeActions(request.IncidentId, request.Generation), Streams.Proposals(request.IncidentId)));
        };
    });

    /// <summary>What a run that was cut off after its report had found.</summary>
    private async Task<DiagnosisReport?> EarlierAsync(HandlingContext run) =>
        (await journal.ReadAsync(run.Run, run.CancellationToken)).LastOrDefault(entry => entry.Step == Reported) is { } entry
            ? JsonSerializer.Deserialize<DiagnosisReport>(entry.Body, OpsBotJson.Options)
            : null;

    private async Task<DiagnosisReport> DiagnoseAsync(DiagnoseIncident request, HandlingContext run)
    {
        var detail = await incidents.FindAsync(request.IncidentId, run.CancellationToken)
            ?? throw new HandlingException(FailureCategory.Unreadable, $"There is no incident {Names.Incident(request.IncidentId)}.");
        await journal.AppendAsync(run.Run, "begun", $"attempt {run.Attempt}: {request.Reason}", run.CancellationToken);
        var now = clock.GetUtcNow();
        var report = await diagnostician.DiagnoseAsync(
            DiagnosisSubject.Of(detail),
            DiagnosisSubject.WindowOf(detail.Incident, options.Value.Lookback, now),
            baseline: null,
            [.. sources],
            run.CancellationToken);
        await journal.AppendAsync(run.Run, Reported, JsonSerializer.Serialize(report, OpsBotJson.Options), run.CancellationToken);
        return report;
    }
}

/// <summary>How many diagnoses run at once: each may put load on what is being diagnosed.</summary>
public sealed class DiagnoseIncidentDefinition : ConsumerDefinition<DiagnoseIncidentHandler>
{
    public const int Concurrency = 2;

    public DiagnoseIncidentDefinition() => ConcurrentMessageLimit = Concurrency;
}
