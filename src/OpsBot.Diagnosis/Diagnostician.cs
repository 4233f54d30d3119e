using Microsoft.Extensions.Options;
using OpsBot.Contracts;
using OpsBot.Contracts.Diagnoses;
using OpsBot.Diagnosis.Reporting;
using OpsBot.Diagnosis.Triage;
using OpsBot.Evidence;
using OpsBot.Knowledge;
using OpsBot.Runtime.Redaction;

namespace OpsBot.Diagnosis;

/// <summary>The deterministic diagnosis: no model takes part.</summary>
internal sealed class Diagnostician(
    Collector collector, IOptions<DiagnosisOptions> options, TimeProvider time, IRunbookFinder? runbooks = null, IRedactor? redactor = null)
    : IDiagnostician
{
    public async Task<DiagnosisReport> DiagnoseAsync(
        IncidentFacts incident, TimeWindow window, TimeWindow? baseline, IReadOnlyList<IEvidenceSource> sources, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        using var record = new DiagnosisRecord(time);
        var bounds = EvidenceBounds.Default with { Deadline = TimeSpan.FromSeconds(options.Value.SourceDeadlineSeconds) };
        incident = Redacted(incident);
        var seen = await collector.CollectAsync(sources, new EvidenceRequest(incident, window, baseline, bounds), cancellationToken);
        // before anything compares or counts words: a secret that is taken apart is no longer known for one
        seen = seen with { Changes = [.. seen.Changes.Select(Redacted)] };
        var ranked = record.Ranked(() => Abstain(TriageRanking.Rank(new TriageCase(incident, window, baseline, seen))));
        return new ReportWriter(redactor).Write(incident, seen, ranked, Runbook(incident), (long)time.GetElapsedTime(begun).TotalMilliseconds);
    }

    private IncidentFacts Redacted(IncidentFacts facts) => facts with
    {
        Title = Redacted(facts.Title)!,
        Summary = Redacted(facts.Summary),
        Description = Redacted(facts.Description),
    };

    private ChangeRecord Redacted(ChangeRecord change) => change with { Summary = Redacted(change.Summary), Diff = Redacted(change.Diff) };

    private string? Redacted(string? text) => text is null || redactor is null ? text : redactor.Redact(text);

    private TriageResult Abstain(TriageResult ranked) =>
        ranked.Causes.Count > 0 && ranked.Causes[0].Confidence >= options.Value.AbstainBelow ? ranked : ranked with { Causes = [] };

    private RunbookMatch? Runbook(IncidentFacts incident)
    {
        var query = new RunbookQuery(
            incident.Labels.GetValueOrDefault("alertname") ?? incident.Title, incident.Summary ?? incident.Title, incident.Description, incident.Expression,
            incident.Labels);
        return runbooks?.Find(query, 1) is [var best, ..] ? best : null;
    }
}
