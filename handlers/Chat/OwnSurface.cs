using OpsBot.Chat.Threads;
using OpsBot.Storage.Messages;

namespace OpsBot.Handlers.Chat;

/// <summary>
/// Writes to surfaces whose threads are in our own store: that takes a delivery as often as it is given one, so nothing needs to be remembered of it. A crash test
/// can hold before and after each write: <c>web-card-sent</c>, <c>web-card-posted</c>.
/// </summary>
public sealed class OwnSurface(HoldPoints points)
{
    public async Task WriteCardAsync(IChatSurface surface, CardDelivery delivery, CancellationToken cancellationToken)
    {
        await WriteAsync(surface, "thread", () => surface.OpenThreadAsync(delivery, cancellationToken), cancellationToken);
        await WriteAsync(surface, "card", () => surface.EditCardAsync(delivery, cancellationToken), cancellationToken);
    }

    public Task WriteReplyAsync(IChatSurface surface, ReplyDelivery delivery, CancellationToken cancellationToken) =>
        WriteAsync(surface, "reply", () => surface.PostReplyAsync(delivery, cancellationToken), cancellationToken);

    /// <exception cref="HandlingException">It was not written; the category says whether it is worth another try.</exception>
    private async Task WriteAsync(IChatSurface surface, string what, Func<Task<SurfaceResult>> write, CancellationToken cancellationToken)
    {
        await points.ReachAsync($"{surface.Name}-{what}-sent", cancellationToken);
        var result = await Posting.CallAsync(surface, what, write);
        await points.ReachAsync($"{surface.Name}-{what}-posted", cancellationToken);
        switch (result)
        {
            case SurfaceResult.RetryLater later:
                throw new HandlingException(FailureCategory.RateLimited, $"{surface.Name}: {later.Reason}", later.After);
            case SurfaceResult.Failed failed:
                throw new HandlingException(FailureCategory.Refused, $"{surface.Name}: {failed.Reason}");
        }
    }
}
