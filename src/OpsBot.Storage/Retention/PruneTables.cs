using Dapper;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Retention;

/// <summary>Tables whose rows stand alone. Each call deletes at most so many rows and returns how many.</summary>
internal static class PruneTables
{
    public static Task<int> DeliveryKeysAsync(StoreTransaction transaction, long old, int most) => DeleteAsync(transaction, "delivery_keys", "received_at", old, most);

    public static Task<int> OrphanResolvesAsync(StoreTransaction transaction, long old, int most) => DeleteAsync(transaction, "orphan_resolves", "received_at", old, most);

    public static Task<int> ChatDeliveriesAsync(StoreTransaction transaction, long old, int most) => DeleteAsync(transaction, "chat_deliveries", "at", old, most);

    public static Task<int> ChangesAsync(StoreTransaction transaction, long old, int most) => DeleteAsync(transaction, "changes", "occurred_at", old, most);

    /// <summary>Those that a later one took the place of.</summary>
    public static Task<int> SupersededContractsAsync(StoreTransaction transaction, long old, int most) => DeleteAsync(transaction, "contracts", "superseded_at", old, most);

    /// <summary>All that are so old, the last of a service among them.</summary>
    public static Task<int> ContractsAsync(StoreTransaction transaction, long old, int most) => DeleteAsync(transaction, "contracts", "at", old, most);

    /// <summary>Those of which nobody told anything for so long; what later runs of theirs learned from them goes too.</summary>
    public static Task<int> TrainingJobsAsync(StoreTransaction transaction, long old, int most) => DeleteAsync(transaction, "training_jobs", "heard_at", old, most);

    internal static string Sql(ISqlDialect dialect, string table, string time) => dialect.DeleteSome(table, $"{time} < @old order by {time} limit @most");

    private static Task<int> DeleteAsync(StoreTransaction transaction, string table, string time, long old, int most) =>
        transaction.Connection.ExecuteAsync(Sql(transaction.Dialect, table, time), new { old, most }, transaction.Transaction);
}
