using MassTransit;
using Microsoft.Extensions.Options;
using OpsBot.Actions.Closing;
using OpsBot.Actions.People;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Messages;
using OpsBot.Contracts.Ports;
using OpsBot.Evidence;
using OpsBot.Incidents.Desk;
using OpsBot.Storage.Messages;

namespace OpsBot.Handlers.Incidents;

/// <summary>A person wants an incident closed: ask the gates, then close it or say what holds it open.</summary>
public sealed class CloseIncidentHandler(
    MessageHandling handling, IIncidentReader incidents, IPeople people, ClosingDesk closing, IncidentDesk desk, IOptions<EvidenceOptions> evidence)
    : IConsumer<Due<CloseIncident>>
{
    public Task Consume(ConsumeContext<Due<CloseIncident>> context) => handling.Handle(context, async (request, run) =>
    {
        var detail = await incidents.FindAsync(request.IncidentId, run.CancellationToken)
            ?? throw new HandlingException(FailureCategory.Unreadable, $"There is no incident {Names.Incident(request.IncidentId)}.");
        var person = people.Find(request.By)
            ?? throw new HandlingException(FailureCategory.Unreadable, $"'{request.By}' is nobody whom the configuration names under 'people'.");
        if (detail.Incident.Status == IncidentStatus.Resolved)
        {
            return _ => Task.CompletedTask;
        }

        var verdicts = await closing.AskAsync(detail, person, PrometheusAddress.Of(evidence.Value), run.CancellationToken);
        return async scope =>
        {
            if (verdicts.Any(verdict => !verdict.Passed))
            {
                await closing.RecordDeniedAsync(person, detail.Incident, verdicts, run.Run.MessageId, scope);
            }
            else if (await desk.ResolveAsync(detail.Incident.Id, person.Name, scope))
            {
                await closing.RecordClosedAsync(person, detail.Incident, verdicts, scope);
            }
        };
    });
}

/// <summary>Gates wait for whatever they ask; few at a time.</summary>
public sealed class CloseIncidentDefinition : ConsumerDefinition<CloseIncidentHandler>
{
    public const int Concurrency = 2;

    public CloseIncidentDefinition() => ConcurrentMessageLimit = Concurrency;
}
