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
    public async Task<string?> ProblemAsync(CancellationToken cancellationToken) => (await AskAsync(cancellationToken)).Problem;

    /// <summary>The same where it is this process's own; null where it is a server's, which is waited for: to start again would not help.</summary>
    public async Task<string?> FaultAsync(CancellationToken cancellationToken) =>
        await AskAsync(cancellationToken) is var (problem, ended) && (ended || store is not PostgresStore) ? problem : null;

    private async Task<(string? Problem, bool Ended)> AskAsync(CancellationToken cancellationToken)
    {
        var (probe, left) = Current();
        try
        {
            await probe.WaitAsync(left, clock, cancellationToken);
            return (null, false);
        }
        catch (TimeoutException)
        {
            return ($"The store does not commit: a write has been waiting for {Limit.TotalSeconds:0} s or longer.", false);
        }
        catch (ChannelClosedException)
        {
            return ("The store cannot commit: its writer has ended; start OpsBot again.", true);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            return ($"The store cannot commit: {failure.Message}", false);
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
                // each lane has a writer and a connection of its own
                _probe = Task.WhenAll(
                    store.WriteAsync(WriteAsync, CancellationToken.None),
                    store.WriteAsync(LookAsync, CancellationToken.None, WriteLane.Intake),
                    store.WriteAsync(LookAsync, CancellationToken.None, WriteLane.Leases));
            }

            var left = Limit - clock.GetElapsedTime(_begun);
            return (_probe, left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }
    }

    private static Task LookAsync(StoreTransaction transaction) => transaction.Connection.ExecuteAsync("select 1", transaction: transaction.Transaction);

    private Task WriteAsync(StoreTransaction transaction) => transaction.Connection.ExecuteAsync(
        """
        insert into store_probe (id, at, filler) values (1, @now, @Filler)
        on conflict (id) do update set at = excluded.at, filler = excluded.filler
        """,
        new { now = clock.GetUtcNow().ToUnixTimeMilliseconds(), Filler },
        transaction.Transaction);
}
