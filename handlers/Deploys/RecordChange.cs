using MassTransit;
using OpsBot.Contracts.Apis;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Messages;
using OpsBot.Incidents.Desk;
using OpsBot.Storage.Changes;
using OpsBot.Storage.Messages;
using OpsBot.Watches.Canaries;

namespace OpsBot.Handlers.Deploys;

/// <summary>A change was reported: keep it for diagnosis, note it where an incident is open, and watch it where it is a canary.</summary>
public sealed class RecordChange(MessageHandling handling, IncidentDesk incidents, CanaryWatches canaries) : IConsumer<Due<DeployReported>>
{
    public Task Consume(ConsumeContext<Due<DeployReported>> context) => handling.Handle(context, HandleAsync);

    internal async Task HandleAsync(DeployReported change, EffectScope scope)
    {
        var known = await ChangeTable.SaveAsync(scope.Transaction, change);
        await KeepContractsAsync(change, known, scope);
        await incidents.TakeAsync(change with { Contracts = [] }, scope);
        await canaries.TakeAsync(known, scope);
    }

    private static async Task KeepContractsAsync(DeployReported change, DeployReported known, EffectScope scope)
    {
        if (change.Contracts.Count > 0 && known.Service is null)
        {
            var unknown = change.Contracts.Select(told => new ContractComparison(told.Name, known.Version, null, [], Problem: "the change names no service, so it is not known whose API it is"));
            await ContractTable.CompareAsync(scope.Transaction, change.Source, change.ChangeKey, [.. unknown]);
        }
        else if (change.Contracts.Count > 0
            && await ContractTable.TakeAsync(scope.Transaction, known, change.Contracts.Select(told => (told, ContractDocument.Of(told)))))
        {
            // another host may wait for a slow server without keeping this one from taking events
            scope.Follow(NewMessage.Of(new CompareContracts(change.Source, change.ChangeKey), Streams.Contracts(EnvironmentNames.Of(known.Environment), known.Service!)));
        }

        await ContractTable.SettleAsync(scope.Transaction, known, scope.Now);
    }
}
