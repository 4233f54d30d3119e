using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Copy;

/// <summary>The database that is filled: by one copy at a time, empty before, not to be used before it is whole.</summary>
internal sealed class CopyTarget : IAsyncDisposable
{
    // Any number that nobody else uses in this database.
    private const long CopyLock = PostgresStore.WriterLock + 1;

    // An ended copy's connection may take a moment to be noticed by the server.
    private static readonly TimeSpan LockLimit = TimeSpan.FromSeconds(15);

    private CopyTarget(NpgsqlConnection connection, string shown) => (Connection, Shown) = (connection, shown);

    public NpgsqlConnection Connection { get; }

    /// <summary>Server and database, for people.</summary>
    public string Shown { get; }

    /// <exception cref="StoreException">It cannot be used; never shows the connection string.</exception>
    public static async Task<CopyTarget> OpenAsync(string connectionString, CancellationToken cancellationToken)
    {
        var parts = PostgresConnections.Parse(connectionString);
        parts.ApplicationName = "opsbot-copy";
        parts.Pooling = false;
        parts.CommandTimeout = 0;
        var connection = new NpgsqlConnection(parts.ToString());
        try
        {
            await connection.OpenAsync(cancellationToken);
            if (await connection.ExecuteScalarAsync<string>("show server_encoding") is not "UTF8" and var encoding)
            {
                throw new StoreException($"The database keeps text as {encoding}. Make one with the encoding UTF8: create database opsbot encoding 'UTF8' template template0.");
            }

            return new CopyTarget(connection, PostgresConnections.Shown(parts));
        }
        catch (Exception failure)
        {
            await connection.DisposeAsync();
            throw failure is NpgsqlException ? new StoreException($"The PostgreSQL database cannot be used: {failure.Message}") : failure;
        }
    }

    /// <exception cref="StoreException">Another copy is filling it, or an OpsBot is at work with it.</exception>
    public async Task TakeAsync(CancellationToken cancellationToken)
    {
        await Connection.ExecuteAsync($"set lock_timeout = {(int)LockLimit.TotalMilliseconds}");
        try
        {
            await Connection.ExecuteAsync(new CommandDefinition("select pg_advisory_lock(@CopyLock)", new { CopyLock }, cancellationToken: cancellationToken));
        }
        catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            throw new StoreException("Another 'opsbot store copy' is filling this database. Wait for it, or end it and run this again.");
        }

        if (await InUseAsync() is { } problem)
        {
            throw new StoreException(problem);
        }
    }

    /// <summary>One sentence on who is at work with it; null for nobody.</summary>
    public async Task<string?> InUseAsync() => await Connection.ExecuteScalarAsync<long>(
        "select count(*) from pg_stat_activity where datname = current_database() and application_name = 'opsbot' and pid <> pg_backend_pid()") is > 0 and var count
        ? $"An OpsBot is at work with this database ({count} connections). Stop it first, on every host."
        : null;

    public async Task<bool> HasStoreAsync() => await Catalogue.HasAsync(Connection, "migrations") && await Catalogue.HasAsync(Connection, "store_copy");

    public async Task MigrateAsync(IReadOnlyList<MigrationScript> scripts)
    {
        await Connection.ExecuteAsync("select pg_advisory_lock(@WriterLock)", new { PostgresStore.WriterLock });
        try
        {
            new Migrator(new PostgresDialect(), NullLogger.Instance, scripts).Apply(Connection);
        }
        finally
        {
            await Connection.ExecuteAsync("select pg_advisory_unlock(@WriterLock)", new { PostgresStore.WriterLock });
        }
    }

    /// <summary>Tables that hold more than the migrations put there. What a health check wrote does not count.</summary>
    public async Task<IReadOnlyList<string>> FilledAsync(IReadOnlyList<Table> tables, IReadOnlyList<MigrationScript> scripts, CancellationToken cancellationToken)
    {
        await using var fresh = new SqliteConnection("Data Source=:memory:");
        await fresh.OpenAsync(cancellationToken);
        new Migrator(new SqliteDialect(), NullLogger.Instance, scripts).Apply(fresh);
        var filled = new List<string>();
        foreach (var table in tables.Where(table => table.Name != "store_probe"))
        {
            // a table of many rows need not be read to see that it is not as new
            if (await Connection.ExecuteScalarAsync<long>($"select count(*) from (select 1 from {table.Sql} limit 1000) beginning") >= 1000
                || await TableDigest.OfAsync(Connection, table, cancellationToken) != await TableDigest.OfAsync(fresh, table, cancellationToken))
            {
                filled.Add(table.Name);
            }
        }

        return filled;
    }

    /// <summary>Marks it as not whole and takes out what the migrations put there: the source has those rows too.</summary>
    public async Task BeginAsync(StoreMark mark, IReadOnlyList<Table> tables, CancellationToken cancellationToken)
    {
        await using var transaction = await Connection.BeginTransactionAsync(cancellationToken);
        foreach (var table in tables)
        {
            await Connection.ExecuteAsync($"delete from {table.Sql}", transaction: transaction);
        }

        await StoreMark.WriteAsync(Connection, mark, transaction);
        await Connection.ExecuteAsync(
            "create table if not exists store_copy_progress (table_name text primary key, last_row bigint not null, altered bigint not null)", transaction: transaction);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Rows by table in which something had to be replaced.</summary>
    public async Task<IReadOnlyDictionary<string, long>> ReplacedAsync() =>
        (await Connection.QueryAsync<(string Table, long Rows)>("select table_name, altered from store_copy_progress where altered > 0"))
            .ToDictionary(row => row.Table, row => row.Rows, StringComparer.Ordinal);

    /// <summary>New rows get ids behind all that were ever given, those of rows that are gone too: an incident's number is never given twice.</summary>
    public async Task ContinueIdsAsync(SqliteConnection source)
    {
        var identities = await Connection.QueryAsync<(string Table, string Column)>(
            "select table_name, column_name from information_schema.columns where table_schema = current_schema() and is_identity = 'YES'");
        foreach (var (table, column) in identities)
        {
            var highest = await source.ExecuteScalarAsync<long?>(
                $"select max(coalesce((select seq from sqlite_sequence where name = @table), 0), coalesce((select max({Table.Quoted(column)}) from {Table.Quoted(table)}), 0))", new { table }) ?? 0;
            if (highest > 0)
            {
                await Connection.ExecuteAsync(
                    "select setval(pg_get_serial_sequence(format('%I.%I', current_schema(), @table), @column), @highest)", new { table, column, highest });
            }
        }
    }

    /// <summary>It is whole and may be used.</summary>
    public async Task CompleteAsync(StoreMark mark, IReadOnlyList<Table> tables, CancellationToken cancellationToken)
    {
        await using var transaction = await Connection.BeginTransactionAsync(cancellationToken);
        await StoreMark.WriteAsync(Connection, mark, transaction);
        await Connection.ExecuteAsync("drop table store_copy_progress", transaction: transaction);
        await transaction.CommitAsync(cancellationToken);
        // The planner knows nothing of rows that came in bulk.
        await Connection.ExecuteAsync($"analyze {string.Join(", ", tables.Select(table => table.Sql))}");
    }

    public ValueTask DisposeAsync() => Connection.DisposeAsync();
}
