using System.Globalization;
using Microsoft.Data.Sqlite;
using Npgsql;
using OpsBot.IntegrationTests.Support;

namespace OpsBot.IntegrationTests.Chaos;

/// <summary>What stands in a PostgreSQL store, as a file that is looked at like an embedded one.</summary>
internal static class StoreCopy
{
    private static readonly string[] Tables =
    [
        "messages", "delivery_keys", "incidents", "incident_alerts", "incident_keys", "incident_joins", "orphan_resolves", "timeline", "diagnoses", "threads",
        "thread_replies",
    ];

    public static async Task<StoreFile> OfAsync(string postgres, string path, CancellationToken cancellationToken)
    {
        await using var source = new NpgsqlConnection(postgres + ";Pooling=False");
        await source.OpenAsync(cancellationToken);
        await using var target = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        await target.OpenAsync(cancellationToken);
        foreach (var table in Tables)
        {
            await CopyAsync(source, target, table, cancellationToken);
        }

        return new StoreFile(path);
    }

#pragma warning disable CA2100 // names of the test's own
    private static async Task CopyAsync(NpgsqlConnection source, SqliteConnection target, string table, CancellationToken cancellationToken)
    {
        await using var select = new NpgsqlCommand($"select * from {table}", source);
        await using var rows = await select.ExecuteReaderAsync(cancellationToken);
        var names = Enumerable.Range(0, rows.FieldCount).Select(rows.GetName).ToList();
        await using (var create = target.CreateCommand())
        {
            create.CommandText = $"create table {table} ({string.Join(", ", names)})";
            await create.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var transaction = target.BeginTransaction();
        await using var insert = target.CreateCommand();
        insert.Transaction = transaction;
        insert.CommandText = $"insert into {table} values ({string.Join(", ", names.Select((_, at) => string.Create(CultureInfo.InvariantCulture, $"@p{at}")))})";
        while (await rows.ReadAsync(cancellationToken))
        {
            insert.Parameters.Clear();
            for (var at = 0; at < names.Count; at++)
            {
                insert.Parameters.AddWithValue(string.Create(CultureInfo.InvariantCulture, $"@p{at}"), rows.GetValue(at));
            }

            await insert.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }
#pragma warning restore CA2100
}
