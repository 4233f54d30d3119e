using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OpsBot.Storage.Engine;

/// <summary>
/// The embedded store: a file. All writes go through one <see cref="GroupWriter"/>; readers have connections of their own and never wait (WAL).
/// </summary>
internal sealed class SqliteStore : IStore, IStoreReader, IWriteEngine, IAsyncDisposable
{
    private readonly string _folder;
    private readonly string _connectionString;
    private readonly string _file;
    private readonly WriteTurns _turns;
    private readonly GroupWriter _writer;

    public SqliteStore(IOptions<StoreOptions> options, TimeProvider clock, ILogger<SqliteStore> log)
    {
        _folder = options.Value.MakeFolder();
        _file = options.Value.SqliteFile;
        _turns = new WriteTurns(_file, clock);
        _connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = _file,
            DefaultTimeout = 30,
        }.ToString();
        try
        {
            using var connection = Open(readOnly: false);
            new Migrator(Dialect, log).Apply(connection);
            StoreMark.Check(connection);
        }
        catch (SqliteException busy) when (IsBusy(busy))
        {
            throw new StoreException(new StoreBusyException(_file, busy).Message);
        }
        catch (SqliteException unusable)
        {
            throw new StoreException(
                $"The store in '{options.Value.DataFolder}' cannot be used: {unusable.Message} Restore opsbot.db from a backup, or name another folder with --data or OPSBOT_DATA.");
        }

        _writer = new GroupWriter(this, WriteLane.Serial, options.Value.WriteQueue, log);
    }

    public ISqlDialect Dialect { get; } = new SqliteDialect();

    // One connection writes, and so every lane is the serial one.
    public Task<T> WriteAsync<T>(Func<StoreTransaction, Task<T>> work, CancellationToken cancellationToken, WriteLane lane = WriteLane.Serial, Ahead? ahead = null) =>
        _writer.WriteAsync(new SingleWrite<T>(work, cancellationToken) { Ahead = ahead }, cancellationToken);

    public Task<T> WriteOrRefuseAsync<T>(Func<StoreTransaction, Task<T>> work, CancellationToken cancellationToken) =>
        _writer.WriteOrRefuseAsync(new SingleWrite<T>(work, cancellationToken));

    public Task<TResult> MergeAsync<TItem, TResult>(Merge<TItem, TResult> merge, TItem item, WriteLane lane, CancellationToken cancellationToken)
    {
        var write = new MergedWrite<TItem, TResult>(merge, item, cancellationToken);
        return lane == WriteLane.Intake ? _writer.WriteOrRefuseAsync(write) : _writer.WriteAsync(write, cancellationToken);
    }

    public Task<IAsyncDisposable?> TryTakeTurnAsync(StoreTurn turn, CancellationToken cancellationToken)
    {
        try
        {
            // The lock is FileShare.None (flock on Unix), which the system takes back however the process ends. The file stays: taking it away could meet another's lock.
            return Task.FromResult<IAsyncDisposable?>(
                new FileStream(Path.Combine(_folder, $"{turn}.turn"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1));
        }
        catch (IOException)
        {
            return Task.FromResult<IAsyncDisposable?>(null);
        }
    }

    public DbConnection OpenForWriting() => Open(readOnly: false);

    public Task<DbTransaction> BeginAsync(DbConnection connection, WriteLane lane)
    {
        _turns.MakeRoom();
        using var waiting = _turns.Wait();
        try
        {
            return Task.FromResult<DbTransaction>(((SqliteConnection)connection).BeginTransaction(deferred: false));
        }
        catch (SqliteException busy) when (IsBusy(busy))
        {
            throw new StoreBusyException(_file, busy);
        }
    }

    public async Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await using var connection = Open(readOnly: true);
        // One snapshot for all that is read: a page must not mix two states. By hand, because the driver's own transactions want to write.
        await connection.ExecuteAsync("begin deferred");
        try
        {
            return await work(connection);
        }
        finally
        {
            await connection.ExecuteAsync("rollback");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        using var pool = new SqliteConnection(_connectionString);
        SqliteConnection.ClearPool(pool);
    }

    // SQLITE_BUSY and SQLITE_LOCKED: another has it
    private static bool IsBusy(SqliteException failure) => failure.SqliteErrorCode is 5 or 6;

    // A checkpoint brings each page that was written into the file, and waits for the disk: rarer, it brings most pages once for many writes. The log may
    // then be 40 MB long. What it makes a crash cost is the reading of that log.
    private SqliteConnection Open(bool readOnly)
    {
        var connection = readOnly ? new SqliteConnection(_connectionString) : new StatementCachingConnection(_connectionString);
        connection.Open();
        connection.Execute(readOnly
            ? "pragma busy_timeout = 10000; pragma query_only = 1;"
            : "pragma journal_mode = wal; pragma synchronous = full; pragma busy_timeout = 10000; pragma foreign_keys = 1; pragma query_only = 0; pragma cache_size = -16384; pragma wal_autocheckpoint = 10000;");
        return connection;
    }
}
