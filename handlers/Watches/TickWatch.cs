using MassTransit;
using OpsBot.Contracts.Messages;
using OpsBot.Storage.Messages;
using OpsBot.Watches.Ticks;

namespace OpsBot.Handlers.Watches;

/// <summary>A watch is due: look, judge, and set its next timer.</summary>
public sealed class TickWatch(MessageHandling handling, Ticker ticker) : IConsumer<Due<WatchTick>>
{
    public Task Consume(ConsumeContext<Due<WatchTick>> context) => handling.Handle(context, (tick, run) => ticker.TickAsync(tick, run.CancellationToken));
}

/// <summary>How many at once: most of a tick is waiting for what is observed.</summary>
public sealed class TickWatchDefinition : ConsumerDefinition<TickWatch>
{
    public const int Concurrency = Ticker.AtOnce;

    public TickWatchDefinition() => ConcurrentMessageLimit = Concurrency;
}
