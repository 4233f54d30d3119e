using OpsBot.Storage.Messages;

namespace OpsBot.Tests.Support;

internal static class QueueExtensions
{
    /// <summary>A claim that sees all that is due, whatever the clock of the test has done since the last one.</summary>
    public static Task<IReadOnlyList<ClaimedMessage>> ClaimDueAsync(this MessageQueue queue, IReadOnlyDictionary<string, int> most, CancellationToken cancellationToken)
    {
        queue.LookFromBeginning();
        return queue.ClaimAsync(most, cancellationToken);
    }
}
