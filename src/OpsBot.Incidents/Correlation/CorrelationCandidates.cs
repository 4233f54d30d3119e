using OpsBot.Contracts.Incidents;
using OpsBot.Incidents.Flow;

namespace OpsBot.Incidents.Correlation;

/// <summary>What an alert could join, as read from the store under the correlation lock.</summary>
public sealed record CorrelationCandidates
{
    /// <summary>More than this many by score are not looked at.</summary>
    public const int MaxNearby = 200;

    /// <summary>More recent alerts of an incident than this are not looked at.</summary>
    public const int MaxRecentAlerts = 8;

    /// <summary>Incidents that hold an alert of the same (source, incident key), whatever their status; the newest few.</summary>
    public IReadOnlyList<IncidentCandidate> ByKey { get; init; } = [];

    /// <summary>Incidents that hold an alert of the same (source, fingerprint), whatever their status; the newest few.</summary>
    public IReadOnlyList<IncidentCandidate> ByFingerprint { get; init; } = [];

    /// <summary>
    /// Incidents of the environment whose last event lies within the window, the newest 200; resolved ones only where the resolve lies within
    /// the settle window.
    /// </summary>
    public IReadOnlyList<IncidentCandidate> Nearby { get; init; } = [];

    /// <summary>
    /// The newest resolve of the same (source, incident key) that came when no incident knew the alert; see
    /// <see cref="JoinDecision.Ignore.Remember"/>. Without it an alert whose resolve overtook it would page for ever.
    /// </summary>
    public LastHeard? ResolvedEarlier { get; init; }
}

/// <summary>As much of an incident as correlation looks at. Times are the senders'.</summary>
public sealed record IncidentCandidate
{
    public required long Id { get; init; }

    public required string Environment { get; init; }

    public required IncidentStatus Status { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset LastEventAt { get; init; }

    public DateTimeOffset? ResolvedAt { get; init; }

    /// <summary>What it knows of the alert itself; null where it was not found by the alert's key.</summary>
    public IncidentAlert? Alert { get; init; }

    /// <summary>Alerts that are not resolved; above 0 in a resolved incident only where a person resolved it.</summary>
    public int ActiveAlerts { get; init; }

    public IReadOnlyList<string> Services { get; init; } = [];

    /// <summary>The alerts heard last, newest first; at most <see cref="CorrelationCandidates.MaxRecentAlerts"/> are looked at.</summary>
    public IReadOnlyList<AlertSketch> RecentAlerts { get; init; } = [];

    public static IncidentCandidate Of(Incident incident, IReadOnlyList<AlertSketch> recentAlerts, IncidentAlert? alert = null) => new()
    {
        Id = incident.Id,
        Environment = incident.Environment,
        Status = incident.Status,
        StartedAt = incident.StartedAt,
        LastEventAt = incident.LastEventAt,
        ResolvedAt = incident.ResolvedAt,
        ActiveAlerts = incident.Firing + incident.Acknowledged,
        Services = incident.Services,
        RecentAlerts = recentAlerts,
        Alert = alert,
    };
}

/// <summary>What correlation compares of an alert that an incident holds.</summary>
/// <param name="Group">What the sender put together: source and group key; null where it put nothing.</param>
public sealed record AlertSketch(
    string Title, string? Service, IReadOnlyDictionary<string, string> Labels, string? Summary = null, (string Source, string Key)? Group = null)
{
    public static AlertSketch Of(IncidentAlert alert) => new(
        alert.Title, alert.Service, alert.Labels, alert.Summary, alert.GroupKey is { } key ? (alert.Source, key) : null);
}
