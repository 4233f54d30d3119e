using Microsoft.Extensions.Logging;
using OpsBot.Chat.Manners;
using OpsBot.Chat.Threads;
using OpsBot.Contracts.Threads;
using OpsBot.Storage.Engine;
using OpsBot.Storage.Messages;
using OpsBot.Storage.Threads;

namespace OpsBot.Handlers.Chat;

/// <summary>
/// Posts something that must stand on a surface once: the row is the intent, 'sent' is committed before the call, 'posted' with the effect. Where an earlier
/// try was sent and its end is not known, the surface is asked before any repeat.
/// </summary>
public sealed partial class PostOnce(SurfaceThreads threads, ChatManners manners, HoldPoints points, StoreClock clock, ILogger<PostOnce> log)
{
    private readonly ILogger _log = log;

    /// <param name="what"><c>thread</c>, <c>reply</c> or <c>answer</c>.</param>
    /// <param name="deliveryId">Names it for ever.</param>
    /// <param name="thread">The thread that it goes to; null where it is one, or goes to none.</param>
    /// <exception cref="HandlingException">The surface will not have it, or was away for longer than a post waits.</exception>
    public async Task<PostResult> PostAsync(
        IChatSurface surface, string what, string deliveryId, ChatPlace place, string? thread, HandlingContext run, Func<Task<SurfaceResult>> post)
    {
        var delivery = await threads.DeliveryAsync(surface.Name, deliveryId, run.CancellationToken);
        if (delivery is { Status: DeliveryStatus.Posted })
            return new PostResult.Stands(delivery.Reference, Before: true);
        if (delivery is { Status: DeliveryStatus.Sent } && await FindAsync(surface, what, deliveryId, place, thread, delivery.At, run) is { } known)
            return known;

        await run.CommitStepAsync(scope => SurfaceThreadTable.SentAsync(scope.Transaction, surface.Name, deliveryId, scope.Now));
        return await ResultAsync(surface, what, deliveryId, run, await CallAsync(surface, what, post, run));
    }

    /// <summary>The call itself, between two points at which a crash test can hold: <c>chat-reply-sent</c> and <c>chat-reply-posted</c>, by what is posted.</summary>
    internal async Task<SurfaceResult> CallAsync(IChatSurface surface, string what, Func<Task<SurfaceResult>> post, HandlingContext run)
    {
        await points.ReachAsync($"chat-{what}-sent", run.CancellationToken);
        var result = await Posting.CallAsync(surface, what, post);
        await points.ReachAsync($"chat-{what}-posted", run.CancellationToken);
        return result;
    }

    /// <summary>Null where it is to be posted.</summary>
    private async Task<PostResult?> FindAsync(
        IChatSurface surface, string what, string deliveryId, ChatPlace place, string? thread, DateTimeOffset sent, HandlingContext run)
    {
        switch (await surface.FindAsync(new UncertainDelivery(deliveryId, what, place, thread, sent), run.CancellationToken))
        {
            case FindResult.Found found:
                LogFound(deliveryId, surface.Name);
                return new PostResult.Stands(found.Reference, Before: true);
            case FindResult.RetryLater later:
                return Wait(surface, later.After, later.Reason, run);
            case FindResult.Unknown unknown:
                LogUnknown(deliveryId, surface.Name, unknown.Reason);
                return null;
            default:
                return null;
        }
    }

    private async Task<PostResult> ResultAsync(IChatSurface surface, string what, string deliveryId, HandlingContext run, SurfaceResult result)
    {
        switch (result)
        {
            case SurfaceResult.Posted posted:
                return new PostResult.Stands(posted.ThreadReference, posted.AlreadyThere);
            case SurfaceResult.RetryLater later:
                if (later.NotPosted)
                    await run.CommitStepAsync(scope => SurfaceThreadTable.NotSentAsync(scope.Transaction, surface.Name, deliveryId));
                return Wait(surface, later.After, later.Reason, run);
            default:
                var reason = ((SurfaceResult.Failed)result).Reason;
                await run.CommitStepAsync(scope => SurfaceThreadTable.RefusedAsync(scope.Transaction, surface.Name, deliveryId, scope.Now));
                throw new HandlingException(FailureCategory.Refused, $"{surface.Name} will not have the {what}: {reason}");
        }
    }

    /// <summary>For a card that is edited, which may be repeated as often as one likes.</summary>
    internal PostResult.Waits Wait(IChatSurface surface, TimeSpan after, string reason, HandlingContext run) =>
        clock.GetUtcNow() - run.CreatedAt > manners.Patience
            ? throw new HandlingException(FailureCategory.Unavailable, $"{surface.Name} has been away for longer than chat.patience: {reason}", manners.Patience)
            : new PostResult.Waits(after < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : after, $"{surface.Name}: {reason}");

    [LoggerMessage(1501, LogLevel.Information, "{DeliveryId} was sent to {Surface} before, and stands there: it is not posted again.")]
    private partial void LogFound(string deliveryId, string surface);

    [LoggerMessage(1502, LogLevel.Warning, "{DeliveryId} was sent to {Surface} before, and whether it stands there cannot be told ({Reason}): it is posted again.")]
    private partial void LogUnknown(string deliveryId, string surface, string reason);
}
