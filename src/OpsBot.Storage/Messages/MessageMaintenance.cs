using Dapper;
using Microsoft.Extensions.Options;
using OpsBot.Contracts.Ports;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Messages;

/// <summary>What a person, or the clock, does to the table: bring dead rows back, prune handled ones.</summary>
public sealed class MessageMaintenance(IStore store, IOptions<StoreOptions> options, MessageSignal signal, TimeProvider clock)
    : IMessageRetry
{
    private static readonly TimeSpan KeysOutliveRows = TimeSpan.FromDays(7);

    /// <summary>Brings a dead row back with its attempts at nought.</summary>
    public async Task<RetryOutcome> RetryAsync(long messageId, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var outcome = await store.WriteAsync(
            async transaction =>
            {
                var done = await transaction.Connection.ExecuteAsync(
                    "update messages set dead_at = null, error = null, attempts = 0, abandoned = 0, due_at = @now where id = @messageId and dead_at is not null",
                    new { messageId, now },
                    transaction.Transaction);
                if (done == 1)
                {
                    return RetryOutcome.Queued;
                }

                var known = await transaction.Connection.ExecuteScalarAsync<int>(
                    "select count(*) from messages where id = @messageId", new { messageId }, transaction.Transaction);
                return known == 0 ? RetryOutcome.NotFound : RetryOutcome.NotDead;
            },
            cancellationToken);
        signal.Raise();
        return outcome;
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
                await transaction.Connection.ExecuteAsync(
                    "delete from orphan_resolves where received_at < @rows", new { rows }, transaction.Transaction);
                return await transaction.Connection.ExecuteAsync(
                    "delete from messages where handled_at < @rows", new { rows }, transaction.Transaction);
            },
            cancellationToken);
    }
}
