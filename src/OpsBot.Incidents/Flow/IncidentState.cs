using OpsBot.Contracts.Incidents;

namespace OpsBot.Incidents.Flow;

/// <summary>
/// All that <see cref="IncidentFlow"/> keeps of an incident. It stays small in a storm: alerts are records of their own, here are counts.
/// Plain data for one JSON column.
/// </summary>
public sealed record IncidentState(Incident Incident, FlowMemory Memory);

/// <summary>What the flow has to remember beside what is shown.</summary>
public sealed record FlowMemory
{
    /// <summary>Number of alerts by severity as last said, indexed by <see cref="SeverityLevel"/>; resolved ones included.</summary>
    public IReadOnlyList<int> AlertsBySeverity { get; init; } = [];

    /// <summary>The worst severity that people were told of since the incident opened or was last reopened.</summary>
    public SeverityLevel ToldSeverity { get; init; } = SeverityLevel.Unknown;

    /// <summary>How often the incident became acknowledged; numbers the replies that say so.</summary>
    public int Acknowledgements { get; init; }

    /// <summary>The severity that a person acknowledged through OpsBot; null where nobody has, or no longer.</summary>
    public SeverityLevel? AcknowledgedByHand { get; init; }

    /// <summary>When a person resolved it through OpsBot; null where nobody has, or no longer.</summary>
    public DateTimeOffset? ResolvedByHandAt { get; init; }

    /// <summary>How often in a row it was reopened soon after its resolve; <see cref="StatusRules"/> says what follows.</summary>
    public int QuickReturns { get; init; }

    /// <summary>Lines of the timeline so far.</summary>
    public int TimelineLines { get; init; }

    public DiagnosisMemory Diagnosis { get; init; } = new();
}

/// <summary>What was asked of diagnosis, and how things stood then.</summary>
public sealed record DiagnosisMemory
{
    /// <summary>When the newest request falls due; until then it will see whatever happens.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>True while the newest request has not ended.</summary>
    public bool Running { get; init; }

    /// <summary>Requests that nobody asked for.</summary>
    public int Automatic { get; init; }

    /// <summary>The generation that a person asked for last; its result is always told.</summary>
    public int AskedByHand { get; init; }

    public SeverityLevel Severity { get; init; } = SeverityLevel.Unknown;

    public int Services { get; init; }

    public int Firing { get; init; }

    /// <summary>What got worse while a diagnosis ran, asked for when that one ends.</summary>
    public string? WorseMeanwhile { get; init; }

    /// <summary>What people were told since the incident opened or was last reopened.</summary>
    public ToldDiagnosis Told { get; init; }
}

/// <summary>What sort of diagnosis people were told of.</summary>
public enum ToldDiagnosis
{
    None,
    Abstention,
    Cause,
}
