using MassTransit;
using OpsBot.Actions.Audit;
using OpsBot.Contracts.Messages;
using OpsBot.Storage.Messages;

namespace OpsBot.Handlers.Proposals;

/// <summary>Somebody was refused the same again and again: the audit is told how often.</summary>
public sealed class SumUpRefusedActsHandler(MessageHandling handling, RefusedActs refused) : IConsumer<Due<SumUpRefusedActs>>
{
    public Task Consume(ConsumeContext<Due<SumUpRefusedActs>> context) => handling.Handle(context, (timer, scope) => refused.SumUpAsync(scope, timer.Actor));
}
