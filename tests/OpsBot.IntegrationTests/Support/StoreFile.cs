using System.Globalization;
using Microsoft.Data.Sqlite;

namespace OpsBot.IntegrationTests.Support;

/// <summary>Reads an OpsBot's store from outside, while it runs or after.</summary>
internal sealed class StoreFile(string path)
{
    public bool Exists => File.Exists(path);

    public List<T> Query<T>(string sql, Func<SqliteDataReader, T> read)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "pragma busy_timeout = 10000; pragma query_only = 1;";
        command.ExecuteNonQuery();
#pragma warning disable CA2100 // the test's own text
        command.CommandText = sql;
#pragma warning restore CA2100
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    /// <summary>Changes it past the program, as somebody would who has the file.</summary>
    public void Execute(string sql)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the test's own text
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    public long Count(string sql) => Query(sql, row => row.IsDBNull(0) ? 0 : row.GetInt64(0)).Single();

    /// <summary>Rows as texts, for a message that shows what was found.</summary>
    public List<string> Lines(string sql) => Query(
        sql,
        row => string.Join(" | ", Enumerable.Range(0, row.FieldCount).Select(i => row.IsDBNull(i) ? "null" : Convert.ToString(row.GetValue(i), CultureInfo.InvariantCulture))));

    /// <summary>Rows that are neither handled nor given up, timers included.</summary>
    public long Pending() => Count("select count(*) from messages where handled_at is null and dead_at is null");
}
