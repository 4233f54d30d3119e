using Dapper;
using Microsoft.Extensions.Options;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Messages;

/// <summary>What a person, or the clock, does to the table: bring dead rows back, prune handled ones.</summary>
public sealed class MessageMaintenance(IStore store, IOptions<StoreOptions> options, MessageSignal signal, TimeProvider clock)
{
    private static readonly TimeSpan KeysOutliveRows = TimeSpan.FromDays(7);

    /// <summary>Brings a dead row back with its attempts at nought. False when there is no dead row of that id.</summary>
    public async Task<bool> RetryAsync(long id, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var done = await store.WriteAsync(
            transaction => transaction.Connection.ExecuteAsync(
                "update messages set dead_at = null, error = null, attempts = 0, abandoned = 0, due_at = @now where id = @id and dead_at is not null",
                new { id, now },
                transaction.Transaction),
            cancellationToken);
        signal.Raise();
        return done == 1;
    }

    /// <summary>Deletes handled rows older than the retention, and delivery keys seven days older still. Returns the rows deleted.</summary>
    public Task<int> PruneAsync(CancellationToken cancellationToken)
    {
        var rows = (clock.GetUtcNow() - options.Value.Retention).ToUnixTimeMilliseconds();
        var keys = (clock.GetUtcNow() - options.Value.Retention - KeysOutliveRows).ToUnixTimeMilliseconds();
        return store.WriteAsync(
            async transaction =>
            {
                await transaction.Connection.ExecuteAsync(
                    "delete from journal where message_id in (select id from messages where handled_at < @rows)", new { rows }, transaction.Transaction);
                await transaction.Connection.ExecuteAsync(
                    "delete from delivery_keys where received_at < @keys", new { keys }, transaction.Transaction);
                return await transaction.Connection.ExecuteAsync(
                    "delete from messages where handled_at < @rows", new { rows }, transaction.Transaction);
            },
            cancellationToken);
    }
}
