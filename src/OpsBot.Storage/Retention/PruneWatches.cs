using Dapper;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Retention;

/// <summary>Watches that ended long ago, with what they found. One that runs or is paused stays, however old it is.</summary>
internal static class PruneWatches
{
    private const string Oldest = "ended_at < @old order by ended_at, id limit @most";

    /// <summary>Deletes at most <paramref name="most"/> rows, of a watch first its findings; returns how many.</summary>
    public static async Task<int> BatchAsync(StoreTransaction transaction, long old, int most)
    {
        var findings = await transaction.Connection.ExecuteAsync(FindingsSql(transaction.Dialect), new { old, most }, transaction.Transaction);
        // With room left none of these watches has findings any more.
        return findings == most
            ? findings
            : findings + await transaction.Connection.ExecuteAsync(Sql(transaction.Dialect), new { old, most = most - findings }, transaction.Transaction);
    }

    internal static string FindingsSql(ISqlDialect dialect) =>
        dialect.DeleteSome("watch_findings", $"{dialect.IsOneOf("watch_id", $"select id from watches where {Oldest}")} order by watch_id, id limit @most");

    internal static string Sql(ISqlDialect dialect) => dialect.DeleteSome("watches", Oldest);
}
