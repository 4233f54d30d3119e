using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;
using Npgsql;
using OpsBot.Storage.Engine;
using Xunit;

namespace OpsBot.IntegrationTests.Store;

/// <summary>A SQLite store with rows in every table that its migrations make, found from the file itself, and a look at what is in a store that shares no code with the copy.</summary>
internal static class FilledStore
{
    public const int RowsEach = 9;

    // What is nasty on the way from one engine to another.
    private static readonly string[] Texts =
        ["plain", "", "Grüße, 世界 🚒", "quote ' \" \\ \\N \t\r\n", "nul \0 in the middle", "\0", "\uFFFD as it came", new string('x', 200_000), "{\"a\":\"\\u0000\"}"];

    private static readonly long[] Numbers = [0, 1, -1, long.MaxValue, long.MinValue, (1L << 53) + 1, 1_767_225_600_000, 42, 7];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task MakeAsync(string file, IReadOnlyList<MigrationScript> scripts, bool large = true)
    {
        await using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        await connection.OpenAsync(Cancel);
        new Migrator(new SqliteDialect(), Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance, scripts).Apply(connection);
        await using var transaction = connection.BeginTransaction();
        foreach (var table in await TablesAsync(connection))
        {
            var indexed = (await RowsAsync(connection, $"select distinct i.name from pragma_index_list('{table}') l join pragma_index_info(l.name) i")).Select(row => row[0] as string).ToHashSet();
            var columns = (await RowsAsync(connection, $"select name, lower(type), \"notnull\" + pk > 0, pk > 0 from pragma_table_info('{table}')"))
                .Select(column => new Column((string)column[0]!, (string)column[1]!, (long)column[2]! == 1, (long)column[3]! == 1, !large || indexed.Contains((string)column[0]!))).ToList();
            for (var row = 0; row < RowsEach; row++)
            {
                await InsertAsync(connection, transaction, table, columns, row);
            }
        }

        // The newest ids are gone: nobody may get them again.
        foreach (var (table, rows) in new[] { ("incidents", 2), ("messages", 2) })
        {
            await RunAsync(connection, $"insert into sqlite_sequence (name, seq) select '{table}', 0 where not exists (select 1 from sqlite_sequence where name = '{table}')", transaction);
            await RunAsync(connection, $"update sqlite_sequence set seq = {1000 + rows} where name = '{table}'", transaction);
        }

        await transaction.CommitAsync(Cancel);
    }

    /// <summary>By table: how many rows, and a hash of all that is in them. What PostgreSQL cannot hold counts as what stands in its place.</summary>
    public static async Task<SortedDictionary<string, string>> ContentAsync(DbConnection connection)
    {
        var content = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var table in await TablesAsync(connection))
        {
            var names = (connection is NpgsqlConnection
                ? await RowsAsync(connection, $"select column_name from information_schema.columns where table_schema = 'public' and table_name = '{table}'")
                : await RowsAsync(connection, $"select name from pragma_table_info('{table}')")).Select(row => (string)row[0]!).Order(StringComparer.Ordinal);
            var lines = (await RowsAsync(connection, $"select {string.Join(", ", names.Select(name => Expression(connection, name)))} from {table}"))
                .Select(row => string.Join('|', row.Select(Shown))).Order(StringComparer.Ordinal).ToList();
            content[table] = $"{lines.Count} {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines))))}";
        }

        return content;
    }

    /// <summary>All tables but those in which the engine's code keeps its own.</summary>
    public static async Task<List<string>> TablesAsync(DbConnection connection) => (await RowsAsync(connection, connection is NpgsqlConnection
        ? "select table_name from information_schema.tables where table_schema = 'public'"
        : "select name from sqlite_master where type = 'table' and name not like 'sqlite%'"))
        .Select(row => (string)row[0]!).Where(name => name is not ("migrations" or "store_copy")).ToList();

    // The driver ends a text at U+0000, and hex does not.
    private static string Expression(DbConnection connection, string column) => connection is NpgsqlConnection ? $"\"{column}\"" : $"typeof(\"{column}\") || ':' || hex(\"{column}\")";

    private static string Shown(object? value)
    {
        switch (value)
        {
            case null:
                return "null";
            case long number:
                return "n" + number.ToString(CultureInfo.InvariantCulture);
            case byte[] raw:
                return "b" + Convert.ToHexString(raw);
            case string text when text.StartsWith("null:", StringComparison.Ordinal):
                return "null";
            case string text when text.StartsWith("integer:", StringComparison.Ordinal):
                return "n" + Encoding.UTF8.GetString(Convert.FromHexString(text["integer:".Length..]));
            case string text when text.StartsWith("blob:", StringComparison.Ordinal):
                return "b" + text["blob:".Length..];
            case string text when text.StartsWith("text:", StringComparison.Ordinal):
                return "t" + Convert.ToHexString(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Convert.FromHexString(text["text:".Length..])).Replace('\0', '\uFFFD')));
            case string text:
                return "t" + Convert.ToHexString(Encoding.UTF8.GetBytes(text));
            default:
                throw new NotSupportedException(value.GetType().Name);
        }
    }

    private static async Task InsertAsync(SqliteConnection connection, SqliteTransaction transaction, string table, IReadOnlyList<Column> columns, int row)
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
#pragma warning disable CA2100 // names of our own
        command.CommandText = $"insert into {table} ({string.Join(", ", columns.Select(column => $"\"{column.Name}\""))}) values ({string.Join(", ", columns.Select((_, i) => $"@p{i}"))})";
#pragma warning restore CA2100
        for (var i = 0; i < columns.Count; i++)
        {
            command.Parameters.AddWithValue($"@p{i}", Value(columns[i], row, i));
        }

        await command.ExecuteNonQueryAsync(Cancel);
    }

    /// <summary>Nulls where they may be, and values that are different in each row where a key or an index may want that.</summary>
    private static object Value(Column column, int row, int place)
    {
        if (!column.IsRequired && (row + place) % 3 == 0)
        {
            return DBNull.Value;
        }

        switch (column.Type)
        {
            case "blob":
                return Enumerable.Range(0, row * 50).Select(at => (byte)(at * 7)).ToArray();
            case "text":
                var text = Texts[(row + place) % Texts.Length];
                // no engine keeps an index of such
                return (column.IsShort && text.Length > 1000 ? "long" : text) + (column.IsRequired ? string.Create(CultureInfo.InvariantCulture, $"#{row}.{place}") : "");
            default:
                // 1 is the row that a migration made
                return column.IsKey ? 10L + row : Numbers[(row + place) % Numbers.Length];
        }
    }

    private static async Task<List<object?[]>> RowsAsync(DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the tests' own text
        command.CommandText = sql;
#pragma warning restore CA2100
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        var rows = new List<object?[]>();
        while (await reader.ReadAsync(Cancel))
        {
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? null : reader.GetValue(i))]);
        }

        return rows;
    }

    private static async Task RunAsync(SqliteConnection connection, string sql, SqliteTransaction transaction)
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
#pragma warning disable CA2100 // the tests' own text
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(Cancel);
    }

    private sealed record Column(string Name, string Type, bool IsRequired, bool IsKey, bool IsShort);
}
