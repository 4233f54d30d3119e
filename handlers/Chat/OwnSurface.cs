using OpsBot.Chat.Threads;
using OpsBot.Storage.Messages;

namespace OpsBot.Handlers.Chat;

/// <summary>Writes to surfaces whose threads are in our own store: that takes a delivery as often as it is given one, so nothing needs to be remembered of it.</summary>
internal static class OwnSurface
{
    public static async Task WriteCardAsync(IChatSurface surface, CardDelivery delivery, CancellationToken cancellationToken)
    {
        Require(await Posting.CallAsync(surface, "thread", () => surface.OpenThreadAsync(delivery, cancellationToken)), surface.Name);
        Require(await Posting.CallAsync(surface, "card", () => surface.EditCardAsync(delivery, cancellationToken)), surface.Name);
    }

    public static async Task WriteReplyAsync(IChatSurface surface, ReplyDelivery delivery, CancellationToken cancellationToken) =>
        Require(await Posting.CallAsync(surface, "reply", () => surface.PostReplyAsync(delivery, cancellationToken)), surface.Name);

    /// <exception cref="HandlingException">It was not written; the category says whether it is worth another try.</exception>
    private static void Require(SurfaceResult result, string surface)
    {
        switch (result)
        {
            case SurfaceResult.RetryLater later:
                throw new HandlingException(FailureCategory.RateLimited, $"{surface}: {later.Reason}", later.After);
            case SurfaceResult.Failed failed:
                throw new HandlingException(FailureCategory.Refused, $"{surface}: {failed.Reason}");
        }
    }
}
