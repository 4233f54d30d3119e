using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using OpsBot.Contracts.Ports;

namespace OpsBot.Storage.Threads;

/// <summary>Tells the readers of this process which incidents changed.</summary>
internal sealed class LiveUpdates : ILiveUpdates
{
    private const int Backlog = 256;

    private readonly ConcurrentDictionary<Channel<long>, byte> _readers = new();

    public void IncidentChanged(long incidentId)
    {
        foreach (var reader in _readers.Keys)
        {
            reader.Writer.TryWrite(incidentId);
        }
    }

    public async IAsyncEnumerable<long> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var channel = Channel.CreateBounded<long>(new BoundedChannelOptions(Backlog) { FullMode = BoundedChannelFullMode.DropOldest });
        _readers.TryAdd(channel, 0);
        try
        {
            await foreach (var id in channel.Reader.ReadAllAsync(cancellationToken))
            {
                yield return id;
            }
        }
        finally
        {
            _readers.TryRemove(channel, out _);
        }
    }
}
