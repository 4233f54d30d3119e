using Microsoft.Extensions.Options;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Messages;

/// <summary>The pump's view of the table: claim for the bus, put back, free what was abandoned.</summary>
public sealed class MessageQueue(IStore store, WorkerIdentity worker, IOptions<MessageOptions> options, MessageSignal signal, TimeProvider clock)
{
    private readonly MessageOptions _options = options.Value;

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Claims due rows of the kinds, so many that at most <paramref name="most"/> of each are on the bus or in hand.</summary>
    public Task<IReadOnlyList<ClaimedMessage>> ClaimAsync(IReadOnlyDictionary<string, int> most, CancellationToken cancellationToken) =>
        store.WriteAsync<IReadOnlyList<ClaimedMessage>>(
            async transaction =>
            {
                var claimed = new List<ClaimedMessage>();
                foreach (var (kind, limit) in most)
                {
                    claimed.AddRange(await MessageTable.ClaimAsync(
                        transaction, kind, worker.Owner, worker.Host, limit, Now, Now + (long)_options.Lease.TotalMilliseconds));
                }

                return claimed;
            },
            cancellationToken);

    /// <summary>Puts back what the bus did not take.</summary>
    public Task ReleaseAsync(IReadOnlyCollection<long> ids, CancellationToken cancellationToken) =>
        store.WriteAsync(transaction => MessageTable.ReleaseAsync(transaction, ids, worker.Owner), cancellationToken);

    /// <summary>Frees leases that ran out and those of processes of this machine that are no more. Returns how many.</summary>
    public async Task<int> FreeAbandonedAsync(CancellationToken cancellationToken)
    {
        var freed = await store.WriteAsync(
            async transaction =>
            {
                var dead = (await AbandonedLeases.OwnersAsync(transaction)).Where(worker.IsDead).ToList();
                var (count, given) = await AbandonedLeases.FreeAsync(transaction, dead, _options.Abandonments, Now);
                foreach (var (_, stream) in given)
                {
                    await DeadNotice.WriteAsync(transaction, stream, Now);
                }

                return count;
            },
            cancellationToken);
        if (freed > 0)
        {
            signal.Raise();
        }

        return freed;
    }
}
