using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OpsBot.Storage.Engine;
using OpsBot.Storage.Messages;

namespace OpsBot.Storage.Copy;

/// <summary>The embedded store that is left: in nobody's use, marked as left, and locked against writes while it is read.</summary>
internal sealed class CopySource : IDisposable
{
    private readonly WorkerLocks? _workers;

    private CopySource(string file, SqliteConnection connection, WorkerLocks? workers) => (File, Connection, _workers) = (file, connection, workers);

    public string File { get; }

    public SqliteConnection Connection { get; }

    /// <exception cref="StoreException">It is no store.</exception>
    public static CopySource Open(string file)
    {
        file = Path.GetFullPath(file);
        if (!System.IO.File.Exists(file))
        {
            throw new StoreException($"There is no store '{file}'. Name the file with --from, or its folder with --data.");
        }

        // Whoever works with a store holds a lock in the folder beside it; a file that lies elsewhere, as a backup does, has no such folder.
        var folder = Path.GetDirectoryName(file)!;
        var workers = Directory.Exists(Path.Combine(folder, "workers")) ? new WorkerLocks(Options.Create(new StoreOptions { DataFolder = folder })) : null;
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString());
        try
        {
            connection.Open();
            connection.Execute("pragma busy_timeout = 10000; pragma synchronous = full;");
            return Catalogue.HasAsync(connection, "migrations").GetAwaiter().GetResult()
                ? new CopySource(file, connection, workers)
                : throw new StoreException($"'{file}' is no store of OpsBot.");
        }
        catch (Exception failure)
        {
            connection.Dispose();
            workers?.Dispose();
            throw failure is SqliteException unusable ? new StoreException($"The store '{file}' cannot be used: {unusable.Message}") : failure;
        }
    }

    /// <summary>One sentence on who is at work with it; null for nobody.</summary>
    public string? InUse() => _workers is null ? null : _workers.Others() switch
    {
        null => "It cannot be told whether an OpsBot is at work with this store, because the file system of its folder knows no locks. Make a copy with 'opsbot store backup' and name that with --from.",
        { Count: 0 } => null,
        var others => $"An OpsBot is at work with this store ({string.Join(", ", others.Take(3).Select(Shown))}). Stop it first: what it does from now on would be missing on the other side.",
    };

    public void RequireUnused()
    {
        if (InUse() is { } problem)
        {
            throw new StoreException(problem);
        }
    }

    /// <summary>Brings it to the newest migration; says from where where it was not.</summary>
    public (int From, int To) Migrate(IReadOnlyList<MigrationScript> scripts)
    {
        var from = Migrator.Newest(Connection);
        new Migrator(new SqliteDialect(), NullLogger.Instance, scripts).Apply(Connection);
        return (from, scripts[^1].Number);
    }

    /// <summary>
    /// Frees what dead processes held, as a start of the embedded store does, and marks the store as being left, in one transaction. From here on nobody starts on it.
    /// </summary>
    /// <returns>The rows that were freed.</returns>
    public async Task<int> LeaveAsync(StoreMark mark, int abandonments, long now)
    {
        await using var transaction = Connection.BeginTransaction(deferred: false);
        RequireUnused();
        var scope = new StoreTransaction(Connection, transaction, new SqliteDialect());
        var (freed, dead) = await AbandonedLeases.FreeAsync(scope, await AbandonedLeases.OwnersAsync(scope), abandonments, now);
        foreach (var (_, _, stream) in dead)
        {
            await DeadNotice.WriteAsync(scope, stream, now);
        }

        // That of a copy to another database which was given up: what stands there can no longer be taken for this one.
        await StoreMark.RemoveAsync(Connection, transaction);
        await StoreMark.WriteAsync(Connection, mark, transaction);
        await transaction.CommitAsync();
        return freed;
    }

    /// <summary>Nobody writes until <see cref="UnlockAsync"/>, and what is read is one state.</summary>
    public async Task LockAsync()
    {
        await Connection.ExecuteAsync("begin immediate");
        RequireUnused();
    }

    /// <summary>What says that it is being left; a store of an older OpsBot has no place for it.</summary>
    public async Task<StoreMark?> MarkAsync() =>
        await Catalogue.HasAsync(Connection, "store_copy") ? await StoreMark.FindAsync(Connection) : null;

    /// <summary>Rows by table.</summary>
    public async Task<IReadOnlyDictionary<string, long>> CountAsync(IReadOnlyList<Table> tables)
    {
        var rows = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var table in tables)
        {
            rows[table.Name] = await Connection.ExecuteScalarAsync<long>($"select count(*) from {table.Sql}");
        }

        return rows;
    }

    /// <summary>Unhandled rows that only one data folder may handle, by the name of that. They stay bound to it: the files that they need are there.</summary>
    public async Task<IReadOnlyDictionary<string, long>> BoundAsync() =>
        (await Connection.QueryAsync<(string Host, long Rows)>(
            "select host, count(*) from messages where host is not null and handled_at is null and dead_at is null group by host")).ToDictionary(row => row.Host, row => row.Rows, StringComparer.Ordinal);

    public Task UnlockAsync() => Connection.ExecuteAsync("rollback");

    public void Dispose()
    {
        Connection.Dispose();
        _workers?.Dispose();
    }

    // machine and pid; the random part is of no use to people
    private static string Shown(string owner) => owner.LastIndexOf('-') is > 0 and var end ? owner[..end] : owner;
}
