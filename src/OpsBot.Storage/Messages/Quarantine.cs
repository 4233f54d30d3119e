using System.Reflection;
using System.Text.Json;
using Dapper;
using OpsBot.Contracts;
using OpsBot.Contracts.Ports;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Messages;

/// <summary>Deliveries that could not be read, and the way back for those that a later version can.</summary>
public sealed class Quarantine(IStore store, MessageSignal signal, StoreClock clock)
{
    /// <summary>Version of the program, written beside what it could not read.</summary>
    public static string ReaderVersion { get; } =
        Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    private const int RowsAtOnce = 100;

    /// <summary>Tries everything that another version has put there (or everything at all) once more, some rows a transaction.</summary>
    /// <param name="read">Told when it reached us first, gives what can be read of the delivery now, and what cannot.</param>
    /// <returns>How many deliveries could be read to their end now, and how many are left of those tried.</returns>
    public async Task<(int Read, int Left)> RereadAsync(
        Func<QuarantinedDelivery, DateTimeOffset, Reread> read, bool all, CancellationToken cancellationToken)
    {
        // What is put there meanwhile, by us too, was read by this version.
        var last = await store.WriteAsync(
            transaction => transaction.Connection.ExecuteScalarAsync<long>("select coalesce(max(id), 0) from quarantined", transaction: transaction.Transaction),
            cancellationToken);
        var (done, left, after) = (0, 0, 0L);
        while (true)
        {
            var page = await store.WriteAsync(transaction => RereadAsync(transaction, read, all, after, last), cancellationToken);
            (done, left, after) = (done + page.Read, left + page.Left, page.Last);
            if (page.Read + page.Left < RowsAtOnce)
            {
                signal.Raise();
                return (done, left);
            }
        }
    }

    /// <summary>Throws one away for good. False where there is none of that id.</summary>
    /// <param name="record">Told source and delivery key, writes down who did it, in the same transaction.</param>
    public Task<bool> DiscardAsync(long id, Func<StoreTransaction, string, string, Task> record, CancellationToken cancellationToken) => store.WriteAsync(
        async transaction =>
        {
            var row = await transaction.Connection.QuerySingleOrDefaultAsync<Named>(
                "delete from quarantined where id = @id returning source as Source, delivery_key as DeliveryKey", new { id }, transaction.Transaction);
            if (row is not null)
            {
                await record(transaction, row.Source, row.DeliveryKey);
            }

            return row is not null;
        },
        cancellationToken);

    private async Task<(int Read, int Left, long Last)> RereadAsync(
        StoreTransaction transaction, Func<QuarantinedDelivery, DateTimeOffset, Reread> read, bool all, long after, long most)
    {
        var rows = await transaction.Connection.QueryAsync<Row>(
            $"""
             select id as Id, source as Source, delivery_key as DeliveryKey, received_at as ReceivedAt, headers as Headers, body as Body, field as Field, reason as Reason
             from quarantined where id > @after and id <= @most and (@all or reader <> @version) order by id limit {RowsAtOnce}
             """,
            new { after, most, all, version = ReaderVersion },
            transaction.Transaction);
        var (done, left, last) = (0, 0, after);
        foreach (var row in rows)
        {
            last = row.Id;
            var headers = JsonSerializer.Deserialize<Dictionary<string, string>>(row.Headers, OpsBotJson.Options)!;
            var result = read(
                new QuarantinedDelivery(row.Source, row.DeliveryKey, row.Body, headers, row.Field, row.Reason),
                DateTimeOffset.FromUnixTimeMilliseconds(row.ReceivedAt));
            await MessageTable.InsertAsync(
                transaction, DeliveryInsert.Rows(result.Readable), row.DeliveryKey, clock.GetUtcNow().ToUnixTimeMilliseconds());
            if (result.Rest.Count == 0)
            {
                done++;
                await transaction.Connection.ExecuteAsync("delete from quarantined where id = @Id", new { row.Id }, transaction.Transaction);
                continue;
            }

            left++;
            var rest = result.Rest[0];
            await transaction.Connection.ExecuteAsync(
                "update quarantined set body = @Body, field = @Field, reason = @Reason, reader = @version where id = @Id",
                new { rest.Body, rest.Field, rest.Reason, version = ReaderVersion, row.Id },
                transaction.Transaction);
            foreach (var part in result.Rest.Skip(1))
            {
                await InsertAsync(transaction, part, row.ReceivedAt);
            }
        }

        return (done, left, last);
    }

    internal static Task InsertAsync(StoreTransaction transaction, QuarantinedDelivery delivery, long receivedAt) => transaction.Connection.ExecuteAsync(
        """
        insert into quarantined (source, delivery_key, received_at, headers, body, field, reason, reader)
        values (@Source, @DeliveryKey, @receivedAt, @headers, @Body, @Field, @Reason, @reader)
        """,
        new
        {
            delivery.Source,
            delivery.DeliveryKey,
            receivedAt,
            headers = HeadersOf(delivery),
            delivery.Body,
            delivery.Field,
            delivery.Reason,
            reader = ReaderVersion,
        },
        transaction.Transaction);

    internal static string HeadersOf(QuarantinedDelivery delivery) => JsonSerializer.Serialize(delivery.Headers, OpsBotJson.Options);

    private sealed record Named(string Source, string DeliveryKey);

    private sealed record Row(long Id, string Source, string DeliveryKey, long ReceivedAt, string Headers, byte[] Body, string Field, string Reason);
}

/// <summary>What came of reading a delivery once more.</summary>
/// <param name="Readable">The messages that it gives; there may be none.</param>
/// <param name="Rest">The parts of it that still cannot be read; none where nothing is left.</param>
public sealed record Reread(Delivery Readable, IReadOnlyList<QuarantinedDelivery> Rest);
