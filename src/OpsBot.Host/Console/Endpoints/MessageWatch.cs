using OpsBot.Contracts.Ports;

namespace OpsBot.Host.WebConsole.Endpoints;

/// <summary>Tells whether the messages table changed. However many pages ask, it is looked at once in an <see cref="Interval"/>.</summary>
internal sealed class MessageWatch(IMessageReader messages, TimeProvider time) : IDisposable
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _one = new(1);
    private MessageCounts? _seen;
    private long _lookedAt;
    private long _version;

    /// <summary>A number that is another one whenever the counts are others.</summary>
    public async Task<long> VersionAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            // half of it, so that two pages that ask a little apart do not wait for each other's next look
            if (_seen is not null && time.GetElapsedTime(_lookedAt) < Interval / 2) return _version;
            var counts = await messages.CountAsync(cancellationToken);
            if (_seen is { } seen && !Same(seen, counts)) _version++;
            _seen = counts;
            _lookedAt = time.GetTimestamp();
            return _version;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private static bool Same(MessageCounts a, MessageCounts b) =>
        a with { Refused = b.Refused } == b && a.Refused.Count == b.Refused.Count
        && a.Refused.All(entry => b.Refused.TryGetValue(entry.Key, out var count) && count == entry.Value);
}
