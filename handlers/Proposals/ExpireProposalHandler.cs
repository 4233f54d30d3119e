using MassTransit;
using OpsBot.Actions.Approvals;
using OpsBot.Contracts.Messages;
using OpsBot.Storage.Messages;

namespace OpsBot.Handlers.Proposals;

/// <summary>A proposal's time ran out: what nobody started is over.</summary>
public sealed class ExpireProposalHandler(MessageHandling handling, ProposalDesk desk) : IConsumer<Due<ExpireProposal>>
{
    public Task Consume(ConsumeContext<Due<ExpireProposal>> context) =>
        handling.Handle(context, (timer, scope) => desk.ExpireAsync(scope, timer.ProposalId, timer.Version));
}
