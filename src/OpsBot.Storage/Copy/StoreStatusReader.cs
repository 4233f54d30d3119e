using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using Npgsql;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Copy;

/// <summary>How a store stands.</summary>
/// <param name="Dialect"><c>sqlite</c> or <c>postgres</c>.</param>
/// <param name="Place">File, or server and database.</param>
/// <param name="Schema">Migration that it is at; <paramref name="NewestSchema"/> is the one that this OpsBot brings it to.</param>
/// <param name="Note">That it is being moved, or was; null as a rule.</param>
public sealed record StoreStatus(
    string Dialect, string Place, int Schema, int NewestSchema, long Bytes, IReadOnlyList<TableStatus> Tables, TimeSpan Retention, TimeSpan IncidentRetention, string? Note);

/// <param name="Bytes">On PostgreSQL with its indexes; on SQLite what stands in its columns, which is less than it takes.</param>
/// <param name="Oldest">Time of the oldest row; null where there is none, or rows have no time.</param>
public sealed record TableStatus(string Name, long Rows, long Bytes, DateTimeOffset? Oldest);

/// <summary>Looks at a store without changing it: not even a migration is applied.</summary>
public sealed class StoreStatusReader(IOptions<StoreOptions> options)
{
    // The first that a table has says when its rows came.
    private static readonly string[] Times = ["created_at", "received_at", "opened_at", "occurred_at", "resolved_at", "at", "last_at"];

    /// <exception cref="StoreException">There is no store, or it cannot be read.</exception>
    public async Task<StoreStatus> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = Open(out var place);
            await connection.OpenAsync(cancellationToken);
            if (!await Catalogue.HasAsync(connection, "migrations"))
            {
                throw new StoreException($"There is no store in {place} yet; 'opsbot serve' makes it.");
            }

            var tables = new List<TableStatus>();
            foreach (var table in await Catalogue.TablesAsync(connection))
            {
                tables.Add(await OfAsync(connection, table));
            }

            return new StoreStatus(
                connection is NpgsqlConnection ? "postgres" : "sqlite", place, Migrator.Newest(connection), Migrator.Scripts()[^1].Number, await SizeAsync(connection), tables,
                options.Value.Retention, options.Value.IncidentRetention, await NoteAsync(connection));
        }
        catch (Exception failure) when (failure is NpgsqlException or SqliteException)
        {
            throw new StoreException($"The store cannot be read: {failure.Message}");
        }
    }

    private DbConnection Open(out string place)
    {
        if (options.Value.Postgres is { Length: > 0 } connectionString)
        {
            var parts = PostgresConnections.Parse(connectionString);
            parts.Pooling = false;
            place = PostgresConnections.Shown(parts);
            return new NpgsqlConnection(parts.ToString());
        }

        place = Path.GetFullPath(options.Value.SqliteFile);
        return File.Exists(place)
            ? new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = place, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString())
            : throw new StoreException($"There is no store '{place}' yet; 'opsbot serve' makes it. Or name its folder with --data.");
    }

    private static async Task<TableStatus> OfAsync(DbConnection connection, Table table)
    {
        var time = Times.FirstOrDefault(name => table.Columns.Any(column => column.Name == name && column.Kind == ColumnKind.Integer));
        var (rows, oldest) = await connection.QuerySingleAsync<(long Rows, long? Oldest)>(
            $"select count(*), {(time is null ? "cast(null as bigint)" : $"min({Table.Quoted(time)})")} from {table.Sql}");
        return new TableStatus(table.Name, rows, await SizeAsync(connection, table), oldest is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null);
    }

    private static Task<long> SizeAsync(DbConnection connection, Table table)
    {
        if (connection is NpgsqlConnection)
        {
            return connection.ExecuteScalarAsync<long>("select pg_total_relation_size(to_regclass(format('%I', @Name)))", new { table.Name });
        }

        // The engine is built without the table that tells pages.
        var sizes = table.Columns.Select(column => column.Kind == ColumnKind.Integer ? "8" : $"coalesce(length(cast({Table.Quoted(column.Name)} as blob)), 0)");
        return connection.ExecuteScalarAsync<long>($"select coalesce(sum({string.Join(" + ", sizes)}), 0) from {table.Sql}");
    }

    private static Task<long> SizeAsync(DbConnection connection) => connection.ExecuteScalarAsync<long>(
        connection is NpgsqlConnection
            ? "select pg_database_size(current_database())"
            : "select page_count * page_size from pragma_page_count(), pragma_page_size()");

    private static async Task<string?> NoteAsync(DbConnection connection)
    {
        try
        {
            if (await Catalogue.HasAsync(connection, "store_copy"))
            {
                StoreMark.Check(connection);
            }

            return null;
        }
        catch (StoreException left)
        {
            return left.Message;
        }
    }
}
