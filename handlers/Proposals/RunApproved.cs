using MassTransit;
using OpsBot.Actions.Execution;
using OpsBot.Contracts.Messages;
using OpsBot.Storage.Messages;

namespace OpsBot.Handlers.Proposals;

/// <summary>Enough people approved: run one slot of the proposal, through all its gates, to its end.</summary>
public sealed class RunApproved(MessageHandling handling, ActionRunner runner) : IConsumer<Due<RunProposal>>
{
    public Task Consume(ConsumeContext<Due<RunProposal>> context) => handling.Handle(context, runner.RunAsync);
}
