using MassTransit;
using OpsBot.Contracts.Messages;
using OpsBot.Storage.Messages;
using OpsBot.Watches.Declared;

namespace OpsBot.Handlers.Watches;

/// <summary>A cron came round: its watch begins.</summary>
public sealed class StartWatchHandler(MessageHandling handling, DeclaredWatches watches) : IConsumer<Due<StartWatch>>
{
    public Task Consume(ConsumeContext<Due<StartWatch>> context) => handling.Handle(context, watches.DueAsync);
}
