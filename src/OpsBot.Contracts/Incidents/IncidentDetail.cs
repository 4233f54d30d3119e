using OpsBot.Contracts.Diagnoses;
using OpsBot.Contracts.Events;

namespace OpsBot.Contracts.Incidents;

/// <summary>One alert of an incident, (source, incident key), with what its sender last said.</summary>
public sealed record IncidentAlert(
    string Source, string IncidentKey, string Fingerprint, string Title, string? Service, string? Severity, AlertStatus Status,
    int Count, DateTimeOffset FirstAt, DateTimeOffset LastAt, IReadOnlyDictionary<string, string> Labels, IReadOnlyList<string> Links,
    string? RunbookUrl, string? Summary, string? Description, string? Expression)
{
    /// <summary>When the newest event by the sender's time reached us first; <see cref="Status"/> and <see cref="LastAt"/> are of that event.</summary>
    public DateTimeOffset ReceivedAt { get; init; }

    /// <summary>What the sender put together, as <see cref="AlertReported.GroupKey"/>.</summary>
    public string? GroupKey { get; init; }
}

/// <summary>Why an event became part of an incident.</summary>
/// <param name="Reason"><c>opened</c>, <c>incident-key</c>, <c>fingerprint</c> or <c>score</c>.</param>
/// <param name="Score">0 to 1; 1 for a key or fingerprint.</param>
/// <param name="Parts">The parts of the score in words: <c>same service 0.4</c>, …</param>
public sealed record IncidentJoin(
    DateTimeOffset At, string Source, string Fingerprint, string Title, string Reason, double Score, IReadOnlyList<string> Parts);

/// <summary>One line of the timeline.</summary>
public sealed record TimelineEntry(DateTimeOffset At, string Kind, string Text);

/// <summary>A diagnosis as it is kept.</summary>
public sealed record StoredDiagnosis(int Generation, DateTimeOffset At, string Reason, DiagnosisReport Report);

/// <summary>An earlier incident that resembles this one, with what it taught.</summary>
/// <param name="Why">How they resemble each other: <c>3 of the same alerts</c>.</param>
public sealed record SeenBefore(long IncidentId, string Title, DateTimeOffset ResolvedAt, TimeSpan Duration, string Why)
{
    public IReadOnlyList<Memory.OutcomeRun> Fixed { get; init; } = [];

    public IReadOnlyList<Memory.OutcomeRun> DidNotHelp { get; init; } = [];

    /// <summary>As in <see cref="Memory.Outcome.Used"/> and <see cref="Memory.Outcome.Helpful"/>.</summary>
    public int Used { get; init; }

    public int Helpful { get; init; }
}

/// <summary>Everything that a card, a page or an answer about one incident is made of.</summary>
public sealed record IncidentDetail
{
    public required Incident Incident { get; init; }

    /// <summary>At most 200, newest first; <see cref="Incident.Events"/> counts them all.</summary>
    public IReadOnlyList<IncidentAlert> Alerts { get; init; } = [];

    public IReadOnlyList<IncidentJoin> Joins { get; init; } = [];

    public IReadOnlyList<TimelineEntry> Timeline { get; init; } = [];

    public StoredDiagnosis? Diagnosis { get; init; }

    public IReadOnlyList<SeenBefore> SeenBefore { get; init; } = [];

    /// <summary>Dead rows of this incident, and of alerts that no later incident holds; named on the card.</summary>
    public int DeadMessages { get; init; }

    public IReadOnlyList<Threads.ThreadReply> Replies { get; init; } = [];

    /// <summary>Newest version of each, newest proposal first; at most 20.</summary>
    public IReadOnlyList<Actions.ProposalView> Proposals { get; init; } = [];

    /// <summary>Watches that it is about, newest first; at most 5.</summary>
    public IReadOnlyList<Watches.Watch> Watches { get; init; } = [];
}
