using OpsBot.Contracts.Watches;
using OpsBot.Storage.Messages;
using OpsBot.Storage.Watches;

namespace OpsBot.Watches.Declared;

/// <summary>
/// Sees to it that every cron has its timer, and that no running watch is without one: a row that died, whatever killed it, must not end a watch in silence.
/// Any number of hosts may do it; it is looked for and set in one transaction.
/// </summary>
public sealed class WatchKeeper(DeclaredWatches declared, Outbox outbox)
{
    /// <summary>So long after its time a tick is looked for. Backlogs and outages are late as well, and have their rows.</summary>
    private static readonly TimeSpan Overdue = TimeSpan.FromMinutes(2);

    /// <returns>Watches that were without a timer.</returns>
    public Task<int> KeepAsync(CancellationToken cancellationToken) => outbox.CommitAsync(
        async scope =>
        {
            foreach (var one in declared.All)
                DeclaredWatches.SetTimer(one, scope);
            var lost = await WatchTable.WithoutTimerAsync(scope.Transaction, scope.Now - Overdue);
            foreach (var watch in lost)
            {
                var revived = watch with { Generation = watch.Generation + 1 };
                if (!await WatchTable.SaveAsync(scope.Transaction, watch, revived))
                    continue;
                WatchTable.SetTimer(scope, revived with { NextDueAt = scope.Now });
                await WatchTable.AddFindingsAsync(scope.Transaction, watch.Id,
                    [new WatchFinding(watch.Tick, "timer-lost", WatchChange.Noted, scope.Now, "its timer had died; it has a new one. 'opsbot messages dead' says why")]);
            }

            return lost.Count;
        },
        cancellationToken);
}
