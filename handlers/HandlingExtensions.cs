using MassTransit;
using OpsBot.Contracts.Messages;
using OpsBot.Storage.Engine;
using OpsBot.Storage.Messages;

namespace OpsBot.Handlers;

/// <summary>Every consumer of this project goes through here, and so through the one way a message is handled.</summary>
internal static class HandlingExtensions
{
    /// <summary>For work that is only its effect.</summary>
    /// <param name="ahead">What the effect will look at first, if that can be told beforehand.</param>
    public static Task Handle<T>(
        this MessageHandling handling, ConsumeContext<Due<T>> context, Func<T, EffectScope, Task> effect, Func<T, Ahead>? ahead = null)
        where T : IMessage =>
        handling.HandleAsync<T>(
            context.Message.Id,
            context.Message.LeaseToken,
            (message, _) => Task.FromResult<Effect>(scope => effect(message, scope)),
            context.CancellationToken,
            ahead);

    /// <summary>For work that takes long, or reaches outside, before its effect.</summary>
    public static Task Handle<T>(this MessageHandling handling, ConsumeContext<Due<T>> context, Func<T, HandlingContext, Task<Effect>> work)
        where T : IMessage =>
        handling.HandleAsync(context.Message.Id, context.Message.LeaseToken, work, context.CancellationToken);
}
