using OpsBot.Contracts.Diagnoses;

namespace OpsBot.Signals.RootCause;

/// <summary>What an anomaly says about where the fault is.</summary>
public enum AnomalyRole
{
    /// <summary>Its own CPU, memory or disk.</summary>
    Resource,

    /// <summary>Latency or errors that callers see; a callee of it may be the reason.</summary>
    Symptom,

    /// <summary>Latency or errors of its calls to others.</summary>
    Outbound,

    /// <summary>Time spent in its own code, callees left out.</summary>
    OwnTime,

    /// <summary>Time lost between two services.</summary>
    Link,

    /// <summary>Calls or log lines that used to follow and no longer do, or new ones.</summary>
    Behaviour,

    /// <summary>Failures that began here.</summary>
    ErrorOrigin,

    /// <summary>Log lines that are new or many more.</summary>
    Log,

    /// <summary>How much is asked of it.</summary>
    Traffic,

    /// <summary>The machine beneath.</summary>
    Node,

    /// <summary>Queues, pools and what the name does not tell.</summary>
    Other,
}

/// <summary>One thing that is not as it was.</summary>
/// <param name="Service">Whom it is blamed on; null for a machine.</param>
/// <param name="Node">The machine, where the anomaly is of a machine.</param>
/// <param name="Metric">The metric, operation or template.</param>
/// <param name="Score">How clear it is, 0 and up: 1 is worth a look, 2 is plain.</param>
/// <param name="OnsetMs">When it began, Unix milliseconds; null where that is not known.</param>
/// <param name="Delta">By how much it changed, in the metric's own unit; null where there is none. Compared only between equal metrics.</param>
public record Anomaly(
    string? Service, string? Instance, string? Node, CauseKind Kind, AnomalyRole Role, string? Metric, double Score, long? OnsetMs, double? Delta = null);
