using Dapper;
using OpsBot.Contracts.Ports;
using OpsBot.Storage.Engine;
using OpsBot.Storage.Messages;

namespace OpsBot.Storage.Journal;

/// <summary>The journal in the store. An append needs the lease token that the run holds.</summary>
internal sealed class StoreJournal(IStore store, IStoreReader reader, TimeProvider clock) : IJournal
{
    public Task AppendAsync(JournalRun run, string step, string body, CancellationToken cancellationToken) => store.WriteAsync(
        async transaction =>
        {
            var written = await transaction.Connection.ExecuteAsync(
                """
                insert into journal (message_id, lease_token, at, step, body)
                select @MessageId, @LeaseToken, @at, @step, @body
                where exists (select 1 from messages where id = @MessageId and lease_token = @LeaseToken and leased_by is not null)
                """,
                new { run.MessageId, run.LeaseToken, at = clock.GetUtcNow().ToUnixTimeMilliseconds(), step, body },
                transaction.Transaction);
            if (written == 0)
            {
                throw new LeaseLostException(run.MessageId, run.LeaseToken);
            }
        },
        cancellationToken);

    public Task<IReadOnlyList<JournalEntry>> ReadAsync(JournalRun run, CancellationToken cancellationToken) =>
        reader.ReadAsync<IReadOnlyList<JournalEntry>>(
            async connection => (await connection.QueryAsync<(long Id, long At, string Step, string Body)>(
                "select id, at, step, body from journal where message_id = @MessageId order by id", new { run.MessageId }))
                .Select(row => new JournalEntry(row.Id, DateTimeOffset.FromUnixTimeMilliseconds(row.At), row.Step, row.Body))
                .ToList(),
            cancellationToken);
}
