using MassTransit;
using Microsoft.Extensions.Hosting;
using OpsBot.Actions.Execution;
using OpsBot.Contracts.Messages;
using OpsBot.Storage.Messages;

namespace OpsBot.Handlers.Proposals;

/// <summary>Enough people approved: run one slot of the proposal, through all its gates, to its end.</summary>
public sealed class RunApproved(MessageHandling handling, ActionRunner runner, IHostApplicationLifetime host) : IConsumer<Due<RunProposal>>
{
    public async Task Consume(ConsumeContext<Due<RunProposal>> context)
    {
        // A command may take hours and does not end with us: stopping must not wait for it.
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, host.ApplicationStopping);
        await handling.HandleAsync<RunProposal>(context.Message.Id, context.Message.LeaseToken, runner.RunAsync, stopping.Token);
    }
}
