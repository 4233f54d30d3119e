using OpsBot.Contracts.Diagnoses;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Incidents;

namespace OpsBot.Incidents.Flow;

/// <summary>Something that an incident reacts to.</summary>
/// <param name="IncidentId">Its number; newly allotted where the event opens it.</param>
/// <param name="At">When OpsBot handles the event, by our own clock.</param>
public abstract record IncidentEvent(long IncidentId, DateTimeOffset At);

/// <summary>An alert that correlation gave to this incident.</summary>
/// <param name="Environment">Environment of the incident, see <c>CorrelationOptions.EnvironmentOf</c>; read where it opens.</param>
/// <param name="Previous">
/// What this incident already knows of the alert: the record of (source, incident key); null where it has none.
/// </param>
/// <param name="Alert">The event, dated by <see cref="LastHeard.Date"/>.</param>
/// <param name="Join">Why it belongs here.</param>
public sealed record AlertJoined(
    long IncidentId, DateTimeOffset At, string Environment, AlertReported Alert, IncidentAlert? Previous, IncidentJoin Join)
    : IncidentEvent(IncidentId, At);

/// <summary>A diagnosis ended, abstentions included.</summary>
public sealed record DiagnosisFinished(long IncidentId, DateTimeOffset At, int Generation, DiagnosisReport Report)
    : IncidentEvent(IncidentId, At);

/// <summary>A person asked for a diagnosis now.</summary>
/// <param name="By">The person as shown.</param>
public sealed record DiagnosisAsked(long IncidentId, DateTimeOffset At, string By) : IncidentEvent(IncidentId, At);

/// <summary>A person took the incident on through OpsBot.</summary>
public sealed record PersonAcknowledged(long IncidentId, DateTimeOffset At, string By) : IncidentEvent(IncidentId, At);

/// <summary>A person declared the incident over through OpsBot.</summary>
public sealed record PersonResolved(long IncidentId, DateTimeOffset At, string By) : IncidentEvent(IncidentId, At);

/// <summary>A person gave the incident alerts or took some away.</summary>
/// <param name="Environment">Of the incident; read where it opens.</param>
/// <param name="Alerts">All that it has now.</param>
/// <param name="Words">What happened, without who did it: <c>Split off from INC-3</c>.</param>
public sealed record AlertsRegrouped(
    long IncidentId, DateTimeOffset At, string By, string Environment, IReadOnlyList<IncidentAlert> Alerts, string Words) : IncidentEvent(IncidentId, At);

/// <summary>A change of the system was reported while the incident was not resolved.</summary>
/// <param name="Relation">What it has to do with the incident in words, see <c>ChangeRelation.Of</c>.</param>
public sealed record ChangeSeen(long IncidentId, DateTimeOffset At, DeployReported Change, string Relation)
    : IncidentEvent(IncidentId, At);
