using System.Data.Common;
using Dapper;
using Npgsql;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Copy;

internal enum ColumnKind
{
    Integer,
    Text,
    Bytes,
}

internal sealed record Column(string Name, ColumnKind Kind);

/// <param name="Columns">By name, so that both engines have them in one order.</param>
internal sealed record Table(string Name, IReadOnlyList<Column> Columns)
{
    public string Names => string.Join(", ", Columns.Select(column => Quoted(column.Name)));

    public string Sql => Quoted(Name);

    public static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}

/// <summary>The tables as the engine itself knows them: what a migration adds is in it without anybody having to think of it.</summary>
internal static class Catalogue
{
    /// <summary>What the engine's code keeps for itself, on each side its own.</summary>
    public static readonly IReadOnlyList<string> Bookkeeping = ["migrations", "store_copy", "store_copy_progress"];

    private const string OfSqlite =
        """
        select t.name as "Table", c.name as "Column", lower(c.type) as "Type" from sqlite_master t join pragma_table_info(t.name) c
        where t.type = 'table' and t.name not like 'sqlite\_%' escape '\'
        """;

    private const string OfPostgres =
        """
        select t.relname as "Table", c.attname as "Column", format_type(c.atttypid, c.atttypmod) as "Type" from pg_class t join pg_attribute c on c.attrelid = t.oid
        where t.relnamespace = current_schema()::regnamespace and t.relkind = 'r' and c.attnum > 0 and not c.attisdropped
        """;

    /// <exception cref="StoreException">A column is of a type that nothing here knows.</exception>
    public static async Task<IReadOnlyList<Table>> TablesAsync(DbConnection connection) =>
    [
        .. (await connection.QueryAsync<(string Table, string Column, string Type)>(connection is NpgsqlConnection ? OfPostgres : OfSqlite))
            .Where(row => !Bookkeeping.Contains(row.Table))
            .GroupBy(row => row.Table, StringComparer.Ordinal)
            .OrderBy(table => table.Key, StringComparer.Ordinal)
            .Select(table => new Table(
                table.Key,
                [.. table.OrderBy(row => row.Column, StringComparer.Ordinal).Select(row => new Column(row.Column, KindOf(row.Table, row.Column, row.Type)))])),
    ];

    public static async Task<bool> HasAsync(DbConnection connection, string table) => await connection.ExecuteScalarAsync<long>(
        connection is NpgsqlConnection
            ? "select count(*) from pg_class where relnamespace = current_schema()::regnamespace and relkind = 'r' and relname = @table"
            : "select count(*) from sqlite_master where type = 'table' and name = @table",
        new { table }) > 0;

    /// <exception cref="StoreException">The target lacks a table or has other columns in one.</exception>
    public static void RequireSame(IReadOnlyList<Table> source, IReadOnlyList<Table> target)
    {
        foreach (var table in source)
        {
            if (target.FirstOrDefault(other => other.Name == table.Name) is not { } other || !other.Columns.SequenceEqual(table.Columns))
            {
                throw new StoreException(
                    $"The table '{table.Name}' is not the same on both sides though both are at the same migration: somebody has changed one by hand. Nothing was copied.");
            }
        }
    }

    private static ColumnKind KindOf(string table, string column, string type) => type switch
    {
        "bigint" or "integer" => ColumnKind.Integer,
        "text" => ColumnKind.Text,
        "blob" or "bytea" => ColumnKind.Bytes,
        _ => throw new StoreException($"The column '{table}.{column}' is of the type '{type}', which a copy does not know. Nothing was copied."),
    };
}
