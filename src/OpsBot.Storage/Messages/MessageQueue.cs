using Microsoft.Extensions.Options;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Messages;

/// <summary>The pump's view of the table: claim for the bus, put back, free what was abandoned.</summary>
public sealed class MessageQueue(IStore store, IWorkerLiveness liveness, IOptions<MessageOptions> options, MessageSignal signal, StoreClock clock)
{
    private readonly MessageOptions _options = options.Value;
    // One claim of this process at a time is under way: they go through one lane.
    private readonly DueFloors _floors = new();

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Claims due rows of the kinds, so many that at most <paramref name="most"/> of each are on the bus or in hand.</summary>
    public Task<IReadOnlyList<ClaimedMessage>> ClaimAsync(IReadOnlyDictionary<string, int> most, CancellationToken cancellationToken) =>
        most.Count == 0 ? Task.FromResult<IReadOnlyList<ClaimedMessage>>([]) : store.WriteAsync(
            transaction => Claims.ClaimAsync(transaction, most, liveness.Own, Now, Now + (long)_options.Lease.TotalMilliseconds, _floors), cancellationToken, WriteLane.Leases);

    /// <summary>How long it may be until the next claim where nothing is heard: as the configuration has it, unless the last one did not see everything.</summary>
    public TimeSpan LookAgainAfter => _floors.SawAll || _options.Poll < DueFloors.FromBeginningEvery ? _options.Poll : DueFloors.FromBeginningEvery;

    /// <summary>Has the next claim see all that is due; otherwise some of it may wait for <see cref="DueFloors.FromBeginningEvery"/>.</summary>
    internal void LookFromBeginning() => _floors.Age();

    /// <summary>Puts back what the bus did not take.</summary>
    public Task ReleaseAsync(IReadOnlyCollection<long> ids, CancellationToken cancellationToken) =>
        store.WriteAsync(transaction => MessageTable.ReleaseAsync(transaction, ids, liveness.Own.Owner), cancellationToken);

    /// <summary>Puts back everything that this process has claimed for the bus and no consumer has taken. Returns how many.</summary>
    public Task<int> ReleaseUntakenAsync(CancellationToken cancellationToken) =>
        store.WriteAsync(transaction => MessageTable.ReleaseUntakenAsync(transaction, liveness.Own.Owner), cancellationToken);

    /// <summary>Frees leases that ran out and those of processes that are no more. Returns how many.</summary>
    public async Task<int> FreeAbandonedAsync(CancellationToken cancellationToken)
    {
        // Looked at between two transactions: a write may do nothing but SQL, and who is dead stays dead.
        var dead = await liveness.DeadOfAsync(await store.WriteAsync(AbandonedLeases.OwnersAsync, cancellationToken), cancellationToken);
        var (freed, died) = await store.WriteAsync(
            async transaction =>
            {
                var (count, given) = await AbandonedLeases.FreeAsync(transaction, dead, _options.Abandonments, Now);
                foreach (var (_, _, stream) in given)
                {
                    await DeadNotice.WriteAsync(transaction, stream, Now);
                }

                return (count, given);
            },
            cancellationToken);
        foreach (var (_, kind, _) in died)
        {
            HandlingMetrics.CountDead(kind, "abandoned");
        }

        if (freed > 0)
        {
            StoreMetrics.Abandoned.Add(freed);
            signal.Raise();
        }

        return freed;
    }
}
