using Dapper;
using OpsBot.Contracts.Ports;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Messages;

/// <summary>What a person does to the table: bring dead rows back.</summary>
public sealed class MessageMaintenance(IStore store, MessageSignal signal, StoreClock clock) : IMessageRetry
{
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
}
