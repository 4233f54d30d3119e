using Dapper;
using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Threads;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Threads;

/// <summary>Threads that live in our own store. Each write is safe to repeat.</summary>
internal sealed class ThreadStore(IStore store, TimeProvider clock) : IThreadStore
{
    private const string Surface = "web";

    public Task<ThreadWrite> OpenAsync(long incidentId, string card, long version, CancellationToken cancellationToken) =>
        store.WriteAsync(
            async transaction => await transaction.Connection.ExecuteAsync(
                """
                insert into threads (incident_id, surface, opened_at, card, card_version) values (@incidentId, @Surface, @now, @card, @version)
                on conflict do nothing
                """,
                new { incidentId, Surface, now = clock.GetUtcNow().ToUnixTimeMilliseconds(), card, version },
                transaction.Transaction) == 1
                ? ThreadWrite.Done
                : ThreadWrite.AlreadyDone,
            cancellationToken);

    public Task<ThreadWrite> SaveCardAsync(long incidentId, string card, long version, CancellationToken cancellationToken) =>
        store.WriteAsync(
            async transaction =>
            {
                var written = await transaction.Connection.ExecuteAsync(
                    """
                    update threads set card = @card, card_version = @version
                    where incident_id = @incidentId and surface = @Surface and card_version < @version
                    """,
                    new { incidentId, Surface, card, version },
                    transaction.Transaction);
                return written == 1 ? ThreadWrite.Done : await AlreadyOrNoneAsync(transaction, incidentId);
            },
            cancellationToken);

    public Task<ThreadWrite> AppendReplyAsync(long incidentId, ThreadReply reply, CancellationToken cancellationToken) =>
        store.WriteAsync(
            async transaction =>
            {
                var written = await transaction.Connection.ExecuteAsync(
                    """
                    insert into thread_replies (incident_id, surface, delivery_id, at, kind, text)
                    select @incidentId, @Surface, @DeliveryId, @at, @Kind, @Text
                    where exists (select 1 from threads where incident_id = @incidentId and surface = @Surface)
                    on conflict do nothing
                    """,
                    new { incidentId, Surface, reply.DeliveryId, at = reply.At.ToUnixTimeMilliseconds(), reply.Kind, reply.Text },
                    transaction.Transaction);
                return written == 1 ? ThreadWrite.Done : await AlreadyOrNoneAsync(transaction, incidentId);
            },
            cancellationToken);

    private static async Task<ThreadWrite> AlreadyOrNoneAsync(StoreTransaction transaction, long incidentId)
    {
        return await transaction.Connection.ExecuteScalarAsync<int>(
            "select count(*) from threads where incident_id = @incidentId and surface = @Surface",
            new { incidentId, Surface },
            transaction.Transaction) == 1
            ? ThreadWrite.AlreadyDone
            : ThreadWrite.NoThread;
    }
}
