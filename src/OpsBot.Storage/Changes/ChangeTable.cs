using System.Data.Common;
using System.Text.Json;
using Dapper;
using OpsBot.Contracts;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Ports;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Changes;

/// <summary>The changes that OpsBot took in: one row a change, however many events it had.</summary>
public static class ChangeTable
{
    /// <summary>Writes an event of a change over what is known of it.</summary>
    /// <returns>What is known of the change by now.</returns>
    public static async Task<DeployReported> SaveAsync(StoreTransaction transaction, DeployReported change)
    {
        var known = await transaction.Connection.QuerySingleOrDefaultAsync<string>(
            "select state from changes where source = @Source and change_key = @ChangeKey",
            new { change.Source, change.ChangeKey },
            transaction.Transaction);
        // documents have a table of their own
        change = change with { Contracts = [] };
        var merged = known is null ? change : Merge(JsonSerializer.Deserialize<DeployReported>(known, OpsBotJson.Options)!, change);
        await transaction.Connection.ExecuteAsync(
            """
            insert into changes (source, change_key, environment, occurred_at, state) values (@Source, @ChangeKey, @Environment, @at, @state)
            on conflict (source, change_key) do update set environment = excluded.environment, occurred_at = excluded.occurred_at, state = excluded.state
            """,
            new
            {
                merged.Source,
                merged.ChangeKey,
                Environment = EnvironmentNames.Of(merged.Environment),
                at = Time(merged).ToUnixTimeMilliseconds(),
                state = JsonSerializer.Serialize(merged, OpsBotJson.Options),
            },
            transaction.Transaction);
        return merged;
    }

    /// <summary>Changes of an environment, or of none, in a window, newest first.</summary>
    public static Task<IReadOnlyList<DeployReported>> FindAsync(StoreTransaction transaction, string environment, TimeWindow window, int limit) =>
        FindAsync(transaction.Connection, transaction.Transaction, environment, window, limit);

    internal static async Task<IReadOnlyList<DeployReported>> FindAsync(
        DbConnection connection, DbTransaction? transaction, string environment, TimeWindow window, int limit) =>
        (await connection.QueryAsync<string>(
            """
            select state from changes where occurred_at between @from and @to and (environment is null or environment = @environment)
            order by occurred_at desc limit @limit
            """,
            new { environment = EnvironmentNames.Of(environment), from = window.From.ToUnixTimeMilliseconds(), to = window.To.ToUnixTimeMilliseconds(), limit },
            transaction))
        .Select(state => JsonSerializer.Deserialize<DeployReported>(state, OpsBotJson.Options)!).ToList();

    /// <summary>
    /// Status and words of the newer event, the time of the earlier one (a change can do harm from its start on), and whatever either knew.
    /// Events may arrive in any order.
    /// </summary>
    internal static DeployReported Merge(DeployReported a, DeployReported b)
    {
        var (older, newer) = Time(b) >= Time(a) ? (a, b) : (b, a);
        return newer with
        {
            OccurredAt = older.OccurredAt ?? newer.OccurredAt,
            ReceivedAt = older.ReceivedAt < newer.ReceivedAt ? older.ReceivedAt : newer.ReceivedAt,
            Service = newer.Service ?? older.Service,
            Environment = newer.Environment ?? older.Environment,
            Title = newer.Title ?? older.Title,
            Summary = newer.Summary ?? older.Summary,
            Version = newer.Version ?? older.Version,
            Commit = newer.Commit ?? older.Commit,
            Branch = newer.Branch ?? older.Branch,
            Author = newer.Author ?? older.Author,
            Diff = newer.Diff ?? older.Diff,
            Files = newer.Files.Count > 0 ? newer.Files : older.Files,
            OldInstances = newer.OldInstances.Count > 0 ? newer.OldInstances : older.OldInstances,
            NewInstances = newer.NewInstances.Count > 0 ? newer.NewInstances : older.NewInstances,
            Links = newer.Links.Count > 0 ? newer.Links : older.Links,
            // an event of a sender has none, those that are kept may
            Comparisons = newer.Comparisons.Count > 0 ? newer.Comparisons : older.Comparisons,
        };
    }

    internal static DateTimeOffset Time(DeployReported change) => change.OccurredAt ?? change.ReceivedAt;
}

/// <summary>Reads the changes.</summary>
internal sealed class ChangeHistory(IStoreReader store) : IChangeHistory
{
    public Task<IReadOnlyList<DeployReported>> FindAsync(
        string environment, TimeWindow window, int limit, CancellationToken cancellationToken) =>
        store.ReadAsync(
            connection => ChangeTable.FindAsync(connection, transaction: null, environment, window, limit), cancellationToken);
}
