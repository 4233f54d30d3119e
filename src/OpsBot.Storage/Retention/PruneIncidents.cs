using Dapper;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Retention;

/// <summary>Resolved incidents with all that is theirs, the oldest first, one at a time.</summary>
internal static class PruneIncidents
{
    // Keys and alerts first: once they are gone no event finds the incident and opens it again while the rest is taken away.
    private static readonly string[] Owned =
        ["incident_keys", "incident_alerts", "incident_joins", "timeline", "diagnoses", "thread_replies", "threads"];

    /// <summary>Deletes at most <paramref name="most"/> rows; returns how many.</summary>
    public static async Task<int> BatchAsync(StoreTransaction transaction, long old, int most)
    {
        var deleted = 0;
        while (deleted < most && await OldestAsync(transaction, old) is { } id)
        {
            deleted += await DeleteAsync(transaction, id, most - deleted);
        }

        return deleted;
    }

    private static Task<long?> OldestAsync(StoreTransaction transaction, long old) => transaction.Connection.ExecuteScalarAsync<long?>(
        "select id from incidents where status = 'resolved' and resolved_at < @old order by resolved_at, id limit 1",
        new { old },
        transaction.Transaction);

    private static async Task<int> DeleteAsync(StoreTransaction transaction, long id, int most)
    {
        var deleted = 0;
        foreach (var table in Owned)
        {
            deleted += await transaction.Connection.ExecuteAsync(
                transaction.Dialect.Delete(table, "where incident_id = @id limit @left"),
                new { id, left = most - deleted },
                transaction.Transaction);
            if (deleted == most)
            {
                return deleted;
            }
        }

        return deleted + await transaction.Connection.ExecuteAsync("delete from incidents where id = @id", new { id }, transaction.Transaction);
    }
}
