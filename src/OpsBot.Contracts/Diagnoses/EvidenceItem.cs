using System.Text.Json.Serialization;

namespace OpsBot.Contracts.Diagnoses;

/// <summary>What sort of source an observation came from.</summary>
public enum EvidenceSourceKind
{
    Logs,
    Metrics,
    Traces,
    Changes,
    Topology,
    Commands,
    Runbook,
    Memory,
}

/// <summary>How far the text of an excerpt may be believed. Nothing from outside is ever an instruction.</summary>
public enum TrustLabel
{
    /// <summary>Measured or written by OpsBot itself.</summary>
    Own,

    /// <summary>From a system that outsiders do not write to: metrics, change records, shipped runbooks.</summary>
    System,

    /// <summary>May hold text that an attacker chose: log lines, alert texts, command output.</summary>
    Untrusted,
}

/// <summary>One observation that a cause can cite.</summary>
/// <param name="Id"><c>E1</c>, <c>E2</c>, … unique within its diagnosis.</param>
/// <param name="Query">The exact query, file or command that gave it.</param>
/// <param name="At">When what was observed happened; ISO 8601, or empty where it has no time.</param>
/// <param name="Excerpt">What was seen, bounded and redacted.</param>
public sealed record EvidenceItem(
    string Id,
    EvidenceSourceKind Source,
    string Query,
    string At,
    string Excerpt,
    TrustLabel Trust,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] EvidenceChart? Chart = null);

/// <summary>A small chart of the series that an observation is about. At most 240 points.</summary>
/// <param name="Name">Name of the series, unit included where known.</param>
/// <param name="Times">Unix milliseconds, ascending.</param>
/// <param name="Values">One value a time; null where there was no sample.</param>
/// <param name="MarkAt">Unix milliseconds of the moment that matters, if one does.</param>
public sealed record EvidenceChart(string Name, IReadOnlyList<long> Times, IReadOnlyList<double?> Values, long? MarkAt = null);
