using OpsBot.Contracts.Diagnoses;
using OpsBot.Diagnosis.Triage;
using OpsBot.Evidence;
using OpsBot.Runtime.Redaction;

namespace OpsBot.Diagnosis.Reporting;

/// <summary>Writes the report: causes with evidence, advice, runbook, and what was looked at.</summary>
internal sealed class ReportWriter(IRedactor? redactor)
{
    private const int LongestSummary = 900;

    public DiagnosisReport Write(IncidentFacts incident, Observations seen, TriageResult triage, RunbookMatch? runbook, long elapsedMs)
    {
        var register = new EvidenceRegister(redactor);
        var causes = triage.Causes.Select((cause, index) => CauseWriter.Write(cause, index + 1, triage, register)).ToList();
        var proposals = Advice(triage, causes);
        if (runbook is not null)
        {
            register.Cite(new Exhibit(EvidenceSourceKind.Runbook, runbook.Path, null, $"{runbook.Title}: {runbook.FirstStep}", TrustLabel.System));
        }

        return new DiagnosisReport
        {
            Incident = incident.Id,
            Abstained = causes.Count == 0,
            Summary = register.Clean(Summary(incident, seen, causes, triage, runbook), LongestSummary),
            Causes = causes,
            Evidence = register.Items,
            Proposals = proposals,
            Stats = new DiagnosisStats(elapsedMs, seen.Commands.Count, [.. seen.Commands.Select(command => command.Command)], 0, 0, 0),
            Runbook = runbook,
            LookedAt = [.. seen.LookedAt, .. seen.NotCollected],
            NotAvailable = seen.Problems,
        };
    }

    private static List<ProposedAction> Advice(TriageResult triage, List<Cause> causes) =>
    [
        .. triage.Causes.Zip(causes)
            .Where(pair => pair.First.Change is not null)
            .Take(1)
            .Select(pair => new ProposedAction(
                $"roll back change {pair.Second.Change}", pair.Second.Service ?? pair.Second.Change!, ActionRisk.Reversible, pair.Second.Statement, pair.Second.Evidence)),
    ];

    private static string Summary(IncidentFacts incident, Observations seen, List<Cause> causes, TriageResult triage, RunbookMatch? runbook)
    {
        var next = runbook is null ? "" : $" Runbook: {runbook.Title}; first step: {runbook.FirstStep}";
        if (causes.Count == 0)
        {
            return $"{incident.Title}: nothing stands out clearly enough to blame. Looked at {Looked(seen)}.{next}";
        }

        var others = causes.Count == 1 ? "" : $" Next in line: {string.Join(", ", causes.Skip(1).Take(2).Select(cause => cause.Service ?? cause.Change))}.";
        return $"{incident.Title}: likeliest cause ({Wording.Percent(causes[0].Confidence)}) is {causes[0].Service ?? causes[0].Change}, "
            + $"since about {Wording.Clock(triage.OnsetMs)}: {causes[0].Statement}{others}{next}";
    }

    private static string Looked(Observations seen) => seen.LookedAt.Count == 0 ? "no source that answered" : string.Join(", ", seen.LookedAt);
}
