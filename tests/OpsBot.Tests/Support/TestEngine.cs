using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using OpsBot.Storage.Engine;

namespace OpsBot.Tests.Support;

/// <summary>
/// The engine that the tests' stores stand on: SQLite, or where OPSBOT_TEST_POSTGRES holds a connection string a schema for each folder, in a database beside that
/// one that no other test has at that time, for locks are a database's. The same tests run on both.
/// </summary>
internal static class TestEngine
{
    private static readonly string? Postgres = Environment.GetEnvironmentVariable("OPSBOT_TEST_POSTGRES") is { Length: > 0 } set ? set : null;

    private static readonly ConcurrentBag<string> FreeDatabases = [];
    private static readonly ConcurrentDictionary<string, Lazy<string>> Databases = [];
    private static int _databases;

    public static bool IsPostgres => Postgres is not null;

    public static void Configure(StoreOptions options, string folder)
    {
        options.DataFolder = folder;
        if (Postgres is not null)
        {
            Execute(DatabaseOf(folder), $"create schema if not exists {SchemaOf(folder)}");
            options.Postgres = $"{DatabaseOf(folder)};Search Path={SchemaOf(folder)};Maximum Pool Size=5";
        }
    }

    /// <summary>A connection beside the store's own.</summary>
    public static DbConnection Open(string folder)
    {
        DbConnection connection = Postgres is null
            ? new SqliteConnection($"Data Source={Path.Combine(folder, "opsbot.db")};Default Timeout=30;Pooling=False")
            : new NpgsqlConnection($"{DatabaseOf(folder)};Search Path={SchemaOf(folder)};Pooling=False");
        connection.Open();
        return connection;
    }

    public static void Remove(string folder)
    {
        if (Databases.TryRemove(folder, out var database))
        {
            Execute(database.Value, $"drop schema if exists {SchemaOf(folder)} cascade");
            FreeDatabases.Add(database.Value);
        }
    }

    /// <summary>Names of all tables.</summary>
    public static string Tables => IsPostgres
        ? "select table_name from information_schema.tables where table_schema = current_schema()"
        : "select name from sqlite_master where type = 'table'";

    /// <summary>Name and type of the columns of a table that must have a value, and of the incident's.</summary>
    public static string ColumnsOf(string table) => IsPostgres
        ? $"select column_name || ' ' || data_type from information_schema.columns where table_schema = current_schema() and table_name = '{table}' "
          + "and (is_nullable = 'NO' or column_name = 'incident_id')"
        : $"select name || ' ' || type from pragma_table_info('{table}') where \"notnull\" = 1 or name = 'incident_id'";

    public static void SkipOnPostgres(string why) => Assert.SkipWhen(IsPostgres, why);

    private static string DatabaseOf(string folder) => Databases.GetOrAdd(folder, _ => new Lazy<string>(TakeDatabase)).Value;

    private static string TakeDatabase()
    {
        if (FreeDatabases.TryTake(out var free)) return free;
        var name = $"opsbot_tests_{Environment.ProcessId}_{Interlocked.Increment(ref _databases)}";
        Execute(Postgres!, $"create database {name}");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Execute(Postgres!, $"drop database {name} with (force)");
        return $"{Postgres};Database={name}";
    }

    private static void Execute(string database, string sql)
    {
        using var connection = new NpgsqlConnection(database);
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // names of our own
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private static string SchemaOf(string folder) =>
        "t_" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(Path.GetFullPath(folder))))[..20];
}
