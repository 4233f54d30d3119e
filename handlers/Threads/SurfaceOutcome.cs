using OpsBot.Chat.Threads;
using OpsBot.Storage.Messages;

namespace OpsBot.Handlers.Threads;

/// <summary>Turns what a surface says into what happens to the row.</summary>
internal static class SurfaceOutcome
{
    /// <exception cref="HandlingException">It was not posted; the category says whether it is worth another try.</exception>
    public static void Require(SurfaceResult result, string surface)
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
