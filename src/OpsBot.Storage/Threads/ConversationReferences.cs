using Dapper;
using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Threads;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Threads;

/// <summary>How conversations are reached. Few rows, read at every post and seldom written.</summary>
internal sealed class ConversationReferences(IStore store, IStoreReader reader) : IConversationReferences
{
    public Task<ConversationReference?> FindAsync(string surface, string conversation, string tenant, CancellationToken cancellationToken) => reader.ReadAsync(
        async connection =>
        {
            var rows = (await connection.QueryAsync<(string Conversation, string ServiceUrl, string Tenant, string? Bot, long At)>(
                """
                select conversation, service_url, tenant, bot, at from chat_conversations
                where surface = @surface and (conversation = @conversation or tenant = @tenant)
                order by case when conversation = @conversation then 0 else 1 end, at desc, conversation limit 1
                """,
                new { surface, conversation, tenant })).AsList();
            return rows is [var row]
                ? new ConversationReference(row.Conversation, row.ServiceUrl, row.Tenant, row.Bot, DateTimeOffset.FromUnixTimeMilliseconds(row.At))
                : null;
        },
        cancellationToken);

    public async Task SaveAsync(string surface, ConversationReference reference, CancellationToken cancellationToken)
    {
        // everything that anybody says comes by here, and nearly all of it says the same
        if (await FindAsync(surface, reference.Conversation, "", cancellationToken) is { } known
            && (known.At > reference.At || known with { At = reference.At } == reference))
            return;
        await store.WriteAsync(
            transaction => transaction.Connection.ExecuteAsync(
                """
                insert into chat_conversations (surface, conversation, service_url, tenant, bot, at) values (@surface, @Conversation, @ServiceUrl, @Tenant, @Bot, @at)
                on conflict (surface, conversation) do update set service_url = excluded.service_url, tenant = excluded.tenant, bot = excluded.bot, at = excluded.at
                where chat_conversations.at <= excluded.at
                """,
                new { surface, reference.Conversation, reference.ServiceUrl, reference.Tenant, reference.Bot, at = reference.At.ToUnixTimeMilliseconds() },
                transaction.Transaction),
            cancellationToken);
    }
}
