using System.Diagnostics.Metrics;
using OpsBot.Contracts.Telemetry;

namespace OpsBot.Diagnosis;

/// <summary>What diagnoses take and come to.</summary>
public static class DiagnosisMetrics
{
    public static Histogram<double> Diagnoses { get; } = Instruments.Duration(
        "opsbot_diagnosis_seconds", "Time of one diagnosis, by outcome (ranked, abstained, failed).");

    public static Histogram<double> Sources { get; } = Instruments.Duration(
        "opsbot_evidence_source_seconds", "Time in which one evidence source answered a diagnosis, by source and outcome (answered, late, failed, cancelled).");
}
