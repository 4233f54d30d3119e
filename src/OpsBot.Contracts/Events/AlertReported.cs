using OpsBot.Contracts.Messages;

namespace OpsBot.Contracts.Events;

/// <summary>What the sender says of an alert.</summary>
public enum AlertStatus
{
    Firing,
    Acknowledged,
    Resolved,
}

/// <summary>One alert of one delivery, normalised. A blank fact is one that the payload does not state.</summary>
public sealed record AlertReported : IMessage
{
    public static string Kind => "alert.reported";

    /// <summary>Which sender: <c>pagerduty</c>, <c>alertmanager</c>, <c>grafana</c>, <c>cloudevents</c>, …</summary>
    public required string Source { get; init; }

    /// <summary>The sender's own word for the event: <c>incident.triggered</c>, <c>group</c>, …</summary>
    public required string Event { get; init; }

    /// <summary>
    /// What the sender calls the alert or incident; equal for every event of the same one, and with <see cref="Source"/> its identity.
    /// Never the key of the delivery.
    /// </summary>
    public required string IncidentKey { get; init; }

    /// <summary>
    /// True where the key names one incident of the sender for ever, as PagerDuty's id does; false where the same key comes again for
    /// something new, as a fingerprint does.
    /// </summary>
    public bool KeyNamesOneIncident { get; init; }

    /// <summary>
    /// What it is like, the same across incidents: the sender's fingerprint, or one made from its labels. For recall only; two alerts of
    /// one fingerprint are two alerts.
    /// </summary>
    public required string Fingerprint { get; init; }

    public required AlertStatus Status { get; init; }

    public required string Title { get; init; }

    /// <summary>Nothing is wrong: somebody wants a thread for what goes well. It opens an incident of its own, and nothing is diagnosed before it becomes worse.</summary>
    public bool IsNotice { get; init; }

    public string? Service { get; init; }

    /// <summary>The sender's word (<c>critical</c>, <c>high</c>, <c>P1</c>); <see cref="Incidents.SeverityLevels"/> orders them.</summary>
    public string? Severity { get; init; }

    public string? Environment { get; init; }

    public string? Summary { get; init; }

    public string? Description { get; init; }

    /// <summary>The alert's expression, where the sender gives one.</summary>
    public string? Expression { get; init; }

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    /// <summary>When the sender says this event happened; orders late and reordered deliveries.</summary>
    public DateTimeOffset? OccurredAt { get; init; }

    /// <summary>When the alert began to fire.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>When the delivery reached us.</summary>
    public DateTimeOffset ReceivedAt { get; init; }

    public IReadOnlyList<string> Links { get; init; } = [];

    /// <summary>A runbook that the alert itself names.</summary>
    public string? RunbookUrl { get; init; }

    /// <summary>Alertmanager's group, PagerDuty's incident_key: what the sender groups by.</summary>
    public string? GroupKey { get; init; }

    /// <summary>Further facts by the sender's names (<c>deliveryId</c>, <c>number</c>, <c>urgency</c>, …).</summary>
    public IReadOnlyDictionary<string, string> Facts { get; init; } = new Dictionary<string, string>();
}
