using MassTransit;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Messages;
using OpsBot.Incidents.Desk;
using OpsBot.Storage.Changes;
using OpsBot.Storage.Messages;

namespace OpsBot.Handlers.Deploys;

/// <summary>A change was reported: keep it for diagnosis, and note it where an incident is open.</summary>
public sealed class RecordChange(MessageHandling handling, IncidentDesk incidents) : IConsumer<Due<DeployReported>>
{
    public Task Consume(ConsumeContext<Due<DeployReported>> context) => handling.Handle(context, async (change, scope) =>
    {
        await ChangeTable.SaveAsync(scope.Transaction, change);
        await incidents.TakeAsync(change, scope);
    });
}
