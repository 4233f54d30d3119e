using Microsoft.AspNetCore.Http;
using OpsBot.Runtime.Limits;

namespace OpsBot.Ingress.Webhooks;

/// <summary>
/// How many bytes of bodies may be in memory at once, over all senders: a burst of large bodies must not end the process, and one sender's must not shut out the
/// others.
/// </summary>
internal sealed class BodyBudget(long bytes)
{
    private readonly FairShare _share = new(bytes);

    public long InUse => _share.Used;

    /// <summary>What one sender takes of it.</summary>
    public SenderBudget Of(string source) => new(_share, source);
}

/// <summary>One sender's part of the <see cref="BodyBudget"/>.</summary>
internal sealed class SenderBudget(FairShare share, string source)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    public void Take(int count)
    {
        if (share.TryTake(source, count))
            return;
        throw new TurnedAwayException(
            StatusCodes.Status503ServiceUnavailable,
            $"Too many deliveries are being read: all together have {share.Total >> 20} MiB, and one sender at most three quarters of it (senders.maxInFlightMiB).",
            RetryAfter);
    }

    public void Return(int count) => share.Return(source, count);
}
