using OpsBot.Contracts.Diagnoses;
using OpsBot.Signals.RootCause;

namespace OpsBot.Diagnosis.Triage;

/// <summary>An anomaly with the observation that shows it.</summary>
internal sealed record Finding(
    string? Service, string? Instance, string? Node, CauseKind Kind, AnomalyRole Role, string? Metric, double Score, long? OnsetMs,
    string Statement, Exhibit Exhibit, double? Delta = null)
    : Anomaly(Service, Instance, Node, Kind, Role, Metric, Score, OnsetMs, Delta)
{
    /// <summary>Level before, in the metric's unit.</summary>
    public double? Before { get; init; }

    /// <summary>How far it moved as a share of the highest level that the same metric has anywhere.</summary>
    public double Footprint { get; init; }

    /// <summary>Words of a log line that were the same in all its lines.</summary>
    public IReadOnlyList<string> Repeats { get; init; } = [];
}

/// <summary>An observation that may become evidence: it gets its id, its bounds and its redaction only when a cause cites it.</summary>
/// <param name="Chart">Made only when cited.</param>
internal sealed record Exhibit(
    EvidenceSourceKind Source, string Query, long? AtMs, string Excerpt, TrustLabel Trust, Func<EvidenceChart?>? Chart = null);
