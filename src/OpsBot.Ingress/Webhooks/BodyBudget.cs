using Microsoft.AspNetCore.Http;

namespace OpsBot.Ingress.Webhooks;

/// <summary>How many bytes of bodies may be in memory at once, over all senders: a burst of large bodies must not end the process.</summary>
internal sealed class BodyBudget(long bytes)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private long _used;

    public long InUse => Interlocked.Read(ref _used);

    public void Take(int count)
    {
        if (Interlocked.Add(ref _used, count) <= bytes)
            return;
        Return(count);
        throw new TurnedAwayException(
            StatusCodes.Status503ServiceUnavailable, $"More than {bytes >> 20} MiB of deliveries are being read (senders.maxInFlightMiB).", RetryAfter);
    }

    public void Return(int count) => Interlocked.Add(ref _used, -count);
}
