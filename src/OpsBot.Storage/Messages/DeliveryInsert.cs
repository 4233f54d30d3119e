using Dapper;
using OpsBot.Contracts.Ports;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Messages;

/// <summary>A delivery and when it came.</summary>
internal sealed record Received(Delivery Delivery, long At);

/// <summary>Writes deliveries with their messages, each whole or as a duplicate not at all.</summary>
internal static class DeliveryInsert
{
    public static readonly Merge<Received, IntakeResult> Merge = InsertAsync;

    /// <summary>In somebody's transaction.</summary>
    public static async Task<IntakeResult> OneAsync(StoreTransaction transaction, Delivery delivery, long now)
    {
        if (!await MessageTable.RememberDeliveryAsync(transaction, delivery.Source, delivery.DeliveryKey, delivery.KeyIsOfBody, now))
        {
            return IntakeResult.Duplicate;
        }

        await MessageTable.InsertAsync(transaction, Rows(delivery), delivery.DeliveryKey, now);
        return IntakeResult.Accepted;
    }

    internal static IEnumerable<NewMessage> Rows(Delivery delivery) => delivery.Messages.Select(
        message => new NewMessage(message.Kind, message.Stream, message.Body, delivery.Source, TimeSpan.Zero, Coalesce: false) { Trace = delivery.Trace });

    private static async Task<IReadOnlyList<IntakeResult>> InsertAsync(StoreTransaction transaction, IReadOnlyList<Received> received)
    {
        if (transaction.Dialect.IsRemote)
        {
            return await TogetherAsync(transaction, received);
        }

        var results = new List<IntakeResult>(received.Count);
        foreach (var (delivery, at) in received)
        {
            results.Add(await OneAsync(transaction, delivery, at));
        }

        return results;
    }

    private static async Task<IReadOnlyList<IntakeResult>> TogetherAsync(StoreTransaction transaction, IReadOnlyList<Received> received)
    {
        var now = received[0].At;
        var fresh = new HashSet<(string, string)>();
        foreach (var sort in received.Select(one => one.Delivery).GroupBy(delivery => delivery.KeyIsOfBody))
        {
            // In one order, so that two hosts that are sent the same do not wait for each other.
            var keys = sort.Select(Key).Distinct().Order(KeyOrder).ToList();
            fresh.UnionWith(await transaction.Connection.QueryAsync<(string, string)>(
                MessageTable.RememberDeliveries,
                new
                {
                    sources = keys.ConvertAll(key => key.Source).ToArray(),
                    keys = keys.ConvertAll(key => key.DeliveryKey).ToArray(),
                    now,
                    forgotten = MessageTable.Forgotten(sort.Key, now),
                },
                transaction.Transaction));
        }

        // The first of several that are the same is the one that counts.
        var results = received.Select(one => fresh.Remove(Key(one.Delivery)) ? IntakeResult.Accepted : IntakeResult.Duplicate).ToList();
        var rows = received.Zip(results).Where(one => one.Second == IntakeResult.Accepted)
            .SelectMany(one => Rows(one.First.Delivery).Select(row => (Row: row, one.First.Delivery.DeliveryKey))).ToList();
        if (rows.Count > 0)
        {
            await transaction.DeferAsync(
                """
                insert into messages (kind, stream, body, source, delivery_key, created_at, due_at, trace)
                select kind, stream, body, source, key, @now, @now, trace
                from unnest(@kinds, @streams, @bodies, @sources, @keys, @traces) with ordinality as r (kind, stream, body, source, key, trace, number)
                order by number
                """,
                new
                {
                    now,
                    kinds = rows.ConvertAll(row => row.Row.Kind).ToArray(),
                    streams = rows.ConvertAll(row => row.Row.Stream).ToArray(),
                    bodies = rows.ConvertAll(row => row.Row.Body).ToArray(),
                    sources = rows.ConvertAll(row => row.Row.Source).ToArray(),
                    keys = rows.ConvertAll(row => row.DeliveryKey).ToArray(),
                    traces = rows.ConvertAll(row => row.Row.Trace).ToArray(),
                });
        }

        return results;
    }

    private static readonly Comparer<(string Source, string DeliveryKey)> KeyOrder = Comparer<(string Source, string DeliveryKey)>.Create(
        static (one, other) => string.CompareOrdinal(one.Source, other.Source) is not 0 and var by ? by : string.CompareOrdinal(one.DeliveryKey, other.DeliveryKey));

    // As the engine gives it back.
    private static (string Source, string DeliveryKey) Key(Delivery delivery) => (PostgresText.Storable(delivery.Source), PostgresText.Storable(delivery.DeliveryKey));
}
