using OpsBot.Contracts.Ports;

namespace OpsBot.Host.WebConsole.Endpoints;

/// <summary>Tells whether any watch changed. However many pages ask, it is looked at once in an <see cref="Interval"/>.</summary>
internal sealed class WatchPulse(IWatchReader watches, TimeProvider time) : IDisposable
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _one = new(1);
    private long? _seen;
    private long _lookedAt;

    public async Task<long> VersionAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            // half of it, so that two pages that ask a little apart do not wait for each other's next look
            if (_seen is { } seen && time.GetElapsedTime(_lookedAt) < Interval / 2) return seen;
            _seen = await watches.VersionAsync(cancellationToken);
            _lookedAt = time.GetTimestamp();
            return _seen.Value;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();
}
