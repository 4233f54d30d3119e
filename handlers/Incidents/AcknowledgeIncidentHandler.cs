using MassTransit;
using OpsBot.Actions.Closing;
using OpsBot.Actions.People;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Messages;
using OpsBot.Contracts.Ports;
using OpsBot.Incidents.Desk;
using OpsBot.Storage.Messages;

namespace OpsBot.Handlers.Incidents;

/// <summary>A person takes an incident on.</summary>
public sealed class AcknowledgeIncidentHandler(
    MessageHandling handling, IIncidentReader incidents, IPeople people, ClosingDesk closing, IncidentDesk desk) : IConsumer<Due<AcknowledgeIncident>>
{
    public Task Consume(ConsumeContext<Due<AcknowledgeIncident>> context) => handling.Handle(context, async (request, run) =>
    {
        var detail = await incidents.FindAsync(request.IncidentId, run.CancellationToken)
            ?? throw new HandlingException(FailureCategory.Unreadable, $"There is no incident {Names.Incident(request.IncidentId)}.");
        var person = people.Find(request.By)
            ?? throw new HandlingException(FailureCategory.Unreadable, $"'{request.By}' is nobody whom the configuration names under 'people'.");
        return async scope =>
        {
            if (await desk.AcknowledgeAsync(detail.Incident.Id, person.Name, scope))
                await closing.RecordAcknowledgedAsync(person, detail.Incident, scope);
        };
    });
}
