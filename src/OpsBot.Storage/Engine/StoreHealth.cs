using System.Threading.Channels;
using Dapper;

namespace OpsBot.Storage.Engine;

/// <summary>Tells whether the store can commit, by committing.</summary>
public sealed class StoreHealth(IStore store, TimeProvider clock)
{
    private static readonly TimeSpan AtMostEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    // About what a delivery with its indexes takes: on a disk that has room for less the answer must not be that all is well.
    private static readonly byte[] Filler = new byte[64 * 1024];

    private readonly Lock _lock = new();
    private Task? _probe;
    private long _begun;

    /// <summary>One sentence on why the store cannot commit; null where it can. Answers within two seconds.</summary>
    public async Task<string?> ProblemAsync(CancellationToken cancellationToken)
    {
        var (probe, left) = Current();
        try
        {
            await probe.WaitAsync(left, clock, cancellationToken);
            return null;
        }
        catch (TimeoutException)
        {
            return $"The store does not commit: a write has been waiting for {Limit.TotalSeconds:0} s or longer.";
        }
        catch (ChannelClosedException)
        {
            return "The store cannot commit: its writer has ended; start OpsBot again.";
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            return $"The store cannot commit: {failure.Message}";
        }
    }

    /// <summary>The one probe of this second; one that has not ended is shared for as long as it takes, so that they do not pile up.</summary>
    private (Task Probe, TimeSpan Left) Current()
    {
        lock (_lock)
        {
            if (_probe is null || (_probe.IsCompleted && clock.GetElapsedTime(_begun) >= AtMostEvery))
            {
                _begun = clock.GetTimestamp();
                _probe = store.WriteAsync(WriteAsync, CancellationToken.None);
            }

            var left = Limit - clock.GetElapsedTime(_begun);
            return (_probe, left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }
    }

    private Task WriteAsync(StoreTransaction transaction) => transaction.Connection.ExecuteAsync(
        """
        insert into store_probe (id, at, filler) values (1, @now, @Filler)
        on conflict (id) do update set at = excluded.at, filler = excluded.filler
        """,
        new { now = clock.GetUtcNow().ToUnixTimeMilliseconds(), Filler },
        transaction.Transaction);
}
