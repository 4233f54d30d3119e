using Dapper;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Retention;

/// <summary>Handled messages and what their runs wrote. A row that is live or dead has no handled mark and stays.</summary>
internal static class PruneMessages
{
    private const string Oldest = "where handled_at < @old order by handled_at, id limit @most";

    /// <summary>Deletes at most <paramref name="most"/> rows, of a message first its journal; returns how many.</summary>
    public static async Task<int> BatchAsync(StoreTransaction transaction, long old, int most)
    {
        var journal = await transaction.Connection.ExecuteAsync(
            transaction.Dialect.Delete("journal", $"where message_id in (select id from messages {Oldest}) order by message_id, id limit @most"),
            new { old, most },
            transaction.Transaction);
        // With room left none of these messages has a journal any more.
        return journal == most
            ? journal
            : journal + await transaction.Connection.ExecuteAsync(
                transaction.Dialect.Delete("messages", Oldest), new { old, most = most - journal }, transaction.Transaction);
    }
}
