using Microsoft.Extensions.Options;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Retention;

/// <summary>Deletes what has been kept for long enough: in small transactions with pauses, so that nobody has to wait for it.</summary>
public sealed class StorePruning(IStore store, IOptions<StoreOptions> options, TimeProvider clock)
{
    /// <summary>Most rows that one transaction deletes.</summary>
    internal const int BatchRows = 500;

    private static readonly TimeSpan KeysOutliveRows = TimeSpan.FromDays(7);

    // About as long as a batch takes: the writer is free for half of the time.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Deletes handled messages with their journal, orphan resolves, changes and API descriptions that others took the place of older than the retention, delivery keys
    /// and deliveries to chat seven days older still, and resolved incidents with all that is theirs, any API description and what is known of training jobs, older than the retention of incidents. Returns the rows deleted: none where another process is at it.
    /// </summary>
    public async Task<int> PruneAsync(CancellationToken cancellationToken)
    {
        await using var turn = await store.TryTakeTurnAsync(StoreTurn.Pruning, cancellationToken);
        if (turn is null)
        {
            return 0;
        }

        var now = clock.GetUtcNow();
        var old = (now - options.Value.Retention).ToUnixTimeMilliseconds();
        var oldKeys = (now - options.Value.Retention - KeysOutliveRows).ToUnixTimeMilliseconds();
        var oldIncidents = (now - options.Value.IncidentRetention).ToUnixTimeMilliseconds();
        return await InBatchesAsync((transaction, most) => PruneMessages.BatchAsync(transaction, old, most), cancellationToken)
            + await InBatchesAsync((transaction, most) => PruneTables.DeliveryKeysAsync(transaction, oldKeys, most), cancellationToken)
            + await InBatchesAsync((transaction, most) => PruneTables.OrphanResolvesAsync(transaction, old, most), cancellationToken)
            + await InBatchesAsync((transaction, most) => PruneTables.ChatDeliveriesAsync(transaction, oldKeys, most), cancellationToken)
            + await InBatchesAsync((transaction, most) => PruneTables.ChangesAsync(transaction, old, most), cancellationToken)
            + await InBatchesAsync((transaction, most) => PruneTables.SupersededContractsAsync(transaction, old, most), cancellationToken)
            + await InBatchesAsync((transaction, most) => PruneTables.ContractsAsync(transaction, oldIncidents, most), cancellationToken)
            + await InBatchesAsync((transaction, most) => PruneTables.TrainingJobsAsync(transaction, oldIncidents, most), cancellationToken)
            + await InBatchesAsync((transaction, most) => PruneWatches.BatchAsync(transaction, oldIncidents, most), cancellationToken)
            + await InBatchesAsync((transaction, most) => PruneIncidents.BatchAsync(transaction, oldIncidents, most), cancellationToken);
    }

    private async Task<int> InBatchesAsync(Func<StoreTransaction, int, Task<int>> batch, CancellationToken cancellationToken)
    {
        var all = 0;
        while (await store.WriteAsync(transaction => batch(transaction, BatchRows), cancellationToken) is > 0 and var deleted)
        {
            all += deleted;
            await Task.Delay(Pause, clock, cancellationToken);
        }

        return all;
    }
}
