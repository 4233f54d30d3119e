using OpsBot.Actions.Approvals;
using OpsBot.Actions.People;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Messages;
using OpsBot.Contracts.Ports;
using OpsBot.Storage.Messages;

namespace OpsBot.Actions.Closing;

/// <summary>What a person may ask of an incident, whatever surface they ask through. A second click changes nothing.</summary>
public sealed class IncidentRequests(Outbox outbox, IIncidentReader incidents, IHumanActs? acts = null)
{
    /// <summary>Asks the gates and closes it. That takes a while: what became of it is said in the thread.</summary>
    public async Task<Requested> ResolveAsync(Person person, long incidentId, CancellationToken cancellationToken)
    {
        if (await IncidentAsync(incidentId, cancellationToken) is not { } incident)
        {
            return Unknown(incidentId);
        }

        if (incident.Status == IncidentStatus.Resolved)
        {
            return new(new Answer(true, $"{incident.Name} is resolved already."), Pending: false);
        }

        await WriteAsync(incidentId, NewMessage.Of(new CloseIncident(incidentId, person.Id), Streams.Closing(incidentId), coalesce: true), cancellationToken);
        return new(new Answer(true, $"{incident.Name} is closed as soon as its gates pass; the thread says what became of it."), Pending: true);
    }

    public async Task<Requested> AcknowledgeAsync(Person person, long incidentId, CancellationToken cancellationToken)
    {
        if (await IncidentAsync(incidentId, cancellationToken) is not { } incident)
        {
            return Unknown(incidentId);
        }

        if (incident.Status != IncidentStatus.Open)
        {
            // what joined it since may still page somebody
            if (incident.Status == IncidentStatus.Acknowledged)
            {
                await WriteAsync(incidentId, row: null, cancellationToken);
            }

            return new(new Answer(true, $"{incident.Name} is {incident.Status.ToString().ToLowerInvariant()} already."), Pending: false);
        }

        await WriteAsync(incidentId, NewMessage.Of(new AcknowledgeIncident(incidentId, person.Id), Streams.Incident(incidentId), coalesce: true), cancellationToken);
        return new(new Answer(true, $"{incident.Name} is yours, {person.Name}."), Pending: true);
    }

    private async Task<Incident?> IncidentAsync(long id, CancellationToken cancellationToken) => (await incidents.FindAsync(id, cancellationToken))?.Incident;

    private Task WriteAsync(long incidentId, NewMessage? row, CancellationToken cancellationToken) => outbox.CommitAsync(
        async scope =>
        {
            if (row is not null)
            {
                scope.Follow(row);
            }

            if (acts is not null)
            {
                await acts.ActedOnAsync(incidentId, scope);
            }

            return true;
        },
        cancellationToken);

    private static Requested Unknown(long id) => new(new Answer(false, $"There is no incident {Names.Incident(id)}."), Pending: false);
}

/// <summary>What a person is told at once.</summary>
/// <param name="Pending">A row was written that a host takes up; an audit row of the incident tells what became of it.</param>
public sealed record Requested(Answer Answer, bool Pending);
