using OpsBot.Contracts;
using OpsBot.Contracts.Diagnoses;
using OpsBot.Evidence;

namespace OpsBot.Diagnosis;

/// <summary>Investigates one incident: collects from every source within its bounds, ranks causes, finds the runbook.</summary>
public interface IDiagnostician
{
    /// <param name="incident">What fired.</param>
    /// <param name="window">Where to look.</param>
    /// <param name="baseline">A period known to be healthy, where one is known.</param>
    /// <param name="sources">Whom to ask. One that fails or is slow never fails the diagnosis.</param>
    Task<DiagnosisReport> DiagnoseAsync(
        IncidentFacts incident, TimeWindow window, TimeWindow? baseline, IReadOnlyList<IEvidenceSource> sources,
        CancellationToken cancellationToken);
}
