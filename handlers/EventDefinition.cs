using MassTransit;
using Microsoft.Extensions.Options;
using OpsBot.Storage.Messages;

namespace OpsBot.Handlers;

/// <summary>Events from outside are only their effect on the store: many may wait for it together.</summary>
public sealed class EventDefinition<TConsumer> : ConsumerDefinition<TConsumer>
    where TConsumer : class, IConsumer
{
    public EventDefinition(IOptions<MessageOptions> options) => ConcurrentMessageLimit = options.Value.EventConcurrency;
}
