using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using OpsBot.Contracts.Ports;

namespace OpsBot.Storage.Threads;

/// <summary>Tells the readers of this process which incidents changed, and keeps for a while what hosts of the same store are to be told.</summary>
internal sealed class LiveUpdates : ILiveUpdates
{
    private const int Backlog = 256;

    private const int MostToTell = 1024;

    private readonly ConcurrentDictionary<Channel<long>, byte> _readers = new();
    private readonly Channel<long> _toTell = Channel.CreateBounded<long>(new BoundedChannelOptions(MostToTell) { FullMode = BoundedChannelFullMode.DropOldest });

    public void IncidentChanged(long incidentId)
    {
        _toTell.Writer.TryWrite(incidentId);
        Hear(incidentId);
    }

    /// <summary>An incident changed on another host.</summary>
    internal void Hear(long incidentId)
    {
        foreach (var reader in _readers.Keys)
        {
            reader.Writer.TryWrite(incidentId);
        }
    }

    /// <summary>Changes on other hosts may have gone unheard: whoever reads comes to an end, and looks at everything when it reads again.</summary>
    internal void EndReaders()
    {
        foreach (var reader in _readers.Keys)
        {
            reader.Writer.TryComplete();
        }
    }

    /// <summary>Waits until something changed here, and returns each of the incidents once.</summary>
    /// <param name="most">The others are returned by the next call.</param>
    internal async Task<IReadOnlyCollection<long>> ChangedHereAsync(int most, CancellationToken cancellationToken)
    {
        var ids = new HashSet<long>();
        await _toTell.Reader.WaitToReadAsync(cancellationToken);
        while (ids.Count < most && _toTell.Reader.TryRead(out var id))
        {
            ids.Add(id);
        }

        return ids;
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
