using System.Data;
using System.Data.Common;
using Dapper;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace OpsBot.Storage.Engine;

/// <summary>
/// The store that several hosts share. Writes of a process go through one <see cref="GroupWriter"/>, and of all processes one writes at a time: whatever was
/// looked at in a transaction still holds when it is committed, as on SQLite.
/// </summary>
internal sealed class PostgresStore : IStore, IStoreReader, IWriteEngine, IAsyncDisposable
{
    // Any number, as long as nobody else uses it in this database.
    internal const long WriterLock = 0x4F70_7342_6F74;

    private const long TurnLocks = WriterLock + 100;

    private readonly NpgsqlDataSource _source;
    private readonly GroupWriter _writer;

    public PostgresStore(IOptions<StoreOptions> options, ILogger<PostgresStore> log)
    {
        try
        {
            _source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(options.Value.Postgres)
            {
                ApplicationName = "opsbot",
                MaxAutoPrepare = 60,
                MaxPoolSize = 30,
                NoResetOnClose = true,
            });
        }
        catch (ArgumentException unreadable)
        {
            throw new StoreException($"store.postgres cannot be read as a connection string: {unreadable.Message} Write it as Host=db;Database=opsbot;Username=opsbot;Password=….");
        }

        try
        {
            using var connection = _source.OpenConnection();
            Migrate(connection, log);
            StoreMark.Check(connection);
        }
        catch (StoreException)
        {
            _source.Dispose();
            throw;
        }
        catch (NpgsqlException unusable)
        {
            _source.Dispose();
            throw new StoreException($"The PostgreSQL store cannot be used: {unusable.Message} Look at store.postgres, and whether the server answers.");
        }

        _writer = new GroupWriter(this, options.Value.WriteQueue, log);
    }

    public ISqlDialect Dialect { get; } = new PostgresDialect();

    public Task<T> WriteAsync<T>(Func<StoreTransaction, Task<T>> work, CancellationToken cancellationToken) => _writer.WriteAsync(work, cancellationToken);

    public Task<T> WriteOrRefuseAsync<T>(Func<StoreTransaction, Task<T>> work, CancellationToken cancellationToken) =>
        _writer.WriteOrRefuseAsync(work, cancellationToken);

    public async Task<IAsyncDisposable?> TryTakeTurnAsync(StoreTurn turn, CancellationToken cancellationToken)
    {
        var connection = await _source.OpenConnectionAsync(cancellationToken);
        var taken = new AdvisoryLock(connection, TurnLocks + (int)turn);
        try
        {
            return await taken.TryTakeAsync(cancellationToken) ? taken : null;
        }
        finally
        {
            if (!taken.IsHeld)
            {
                await connection.DisposeAsync();
            }
        }
    }

    public DbConnection OpenForWriting() => _source.OpenConnection();

    public DbTransaction Begin(DbConnection connection)
    {
        var transaction = connection.BeginTransaction(IsolationLevel.ReadCommitted);
        connection.Execute("select pg_advisory_xact_lock(@WriterLock)", new { WriterLock }, transaction);
        return transaction;
    }

    public async Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken);
        // One snapshot for all that is read: a page must not mix two states.
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        return await work(connection);
    }

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        await _source.DisposeAsync();
    }

    /// <summary>A lock of a connection, which the server takes back when that is gone.</summary>
    private sealed class AdvisoryLock(NpgsqlConnection connection, long number) : IAsyncDisposable
    {
        public bool IsHeld { get; private set; }

        public async Task<bool> TryTakeAsync(CancellationToken cancellationToken) =>
            IsHeld = await connection.ExecuteScalarAsync<bool>(new CommandDefinition("select pg_try_advisory_lock(@number)", new { number }, cancellationToken: cancellationToken));

        public async ValueTask DisposeAsync()
        {
            try
            {
                // The connection goes back to the pool as it is.
                await connection.ExecuteAsync("select pg_advisory_unlock(@number)", new { number });
            }
            catch (NpgsqlException)
            {
                // It broke, and the lock with it.
            }
            finally
            {
                await connection.DisposeAsync();
            }
        }
    }

    /// <summary>One host migrates; the others wait and find it done.</summary>
    private void Migrate(NpgsqlConnection connection, ILogger log)
    {
        connection.Execute("select pg_advisory_lock(@WriterLock)", new { WriterLock });
        try
        {
            new Migrator(Dialect, log).Apply(connection);
        }
        finally
        {
            connection.Execute("select pg_advisory_unlock(@WriterLock)", new { WriterLock });
        }
    }
}
