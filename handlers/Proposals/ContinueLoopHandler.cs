using MassTransit;
using OpsBot.Actions.Loops;
using OpsBot.Contracts.Messages;
using OpsBot.Storage.Messages;

namespace OpsBot.Handlers.Proposals;

/// <summary>A loop looks how the job does that it began: go on with the next setting, end, or look again.</summary>
public sealed class ContinueLoopHandler(MessageHandling handling, LoopDesk desk) : IConsumer<Due<ContinueLoop>>
{
    public Task Consume(ConsumeContext<Due<ContinueLoop>> context) => handling.Handle(context, desk.ContinueAsync);
}
