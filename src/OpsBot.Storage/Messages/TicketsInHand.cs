using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Messages;

/// <summary>
/// The bus copies that this process has in hand, each of them once, and how those ended whose end could not be written when it came: the store broke away, and nobody
/// else knows that nothing is done about the row. The sweep writes it; only what this does not manage is left to the lease.
/// </summary>
public sealed partial class TicketsInHand(IStore store, IOptions<MessageOptions> options, TimeProvider clock, ILogger<TicketsInHand> log)
{
    private readonly ConcurrentDictionary<TicketKey, Unwritten?> _tickets = new();
    private readonly ILogger _log = log;
    private volatile bool _isTold;

    /// <summary>Ends that wait to be written.</summary>
    internal int Left => _tickets.Values.Count(end => end is not null);

    /// <summary>
    /// False where another copy of the ticket is in hand, or waits for its end to be written: whatever is written about that one would be about this one too.
    /// </summary>
    internal bool TryTake(TicketKey ticket) => _tickets.TryAdd(ticket, null);

    /// <summary>Nothing more is done about it, unless its end waits to be written.</summary>
    internal void PutDown(TicketKey ticket) => _tickets.TryRemove(new KeyValuePair<TicketKey, Unwritten?>(ticket, null));

    /// <summary>Writes how it ended, now or with the sweep. <paramref name="end"/> checks the token. Returns what that found; false where it is not written yet.</summary>
    internal async Task<bool> EndAsync(TicketKey ticket, Func<StoreTransaction, Task<bool>> end)
    {
        try
        {
            // It happened, also when the host begins to stop meanwhile.
            return await store.WriteAsync(end, CancellationToken.None);
        }
        catch (Exception failure)
        {
            EndLater(ticket, end, failure);
            return false;
        }
    }

    /// <summary>Leaves it to the sweep to write how it ended.</summary>
    internal void EndLater(TicketKey ticket, Func<StoreTransaction, Task<bool>> end, Exception because)
    {
        _tickets[ticket] = new Unwritten(end, clock.GetTimestamp());
        if (!_isTold)
        {
            _isTold = true;
            LogLeft(ticket.Id, because.Message);
        }
    }

    /// <summary>Writes what is left. Returns how many it wrote.</summary>
    internal async Task<int> WriteLeftAsync(CancellationToken cancellationToken)
    {
        // Together: while the store is away each would wait for it.
        var written = await Task.WhenAll(_tickets.Where(pair => pair.Value is not null).Select(pair => WriteAsync(pair.Key, pair.Value!, cancellationToken)));
        _isTold &= written.Contains(false);
        return written.Count(isWritten => isWritten);
    }

    private async Task<bool> WriteAsync(TicketKey ticket, Unwritten end, CancellationToken cancellationToken)
    {
        try
        {
            await store.WriteAsync(end.Write, cancellationToken);
        }
        catch (Exception) when (clock.GetElapsedTime(end.Since) < options.Value.Lease)
        {
            return false;
        }
        catch (Exception)
        {
            // The lease has run out: the row is free without us.
        }

        _tickets.TryRemove(ticket, out _);
        return true;
    }

    [LoggerMessage(1206, LogLevel.Warning, "What became of message {Id} could not be written: {Reason} It, and others of which that is so, are put back as soon as the store takes it.")]
    private partial void LogLeft(long id, string reason);

    private sealed record Unwritten(Func<StoreTransaction, Task<bool>> Write, long Since);
}

/// <summary>Names a bus copy: the row, and the lease token that the pump gave the copy.</summary>
internal sealed record TicketKey(long Id, long Token);
