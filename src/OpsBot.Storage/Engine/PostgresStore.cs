using System.Data;
using System.Data.Common;
using Dapper;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace OpsBot.Storage.Engine;

/// <summary>
/// The store that several hosts share. Writes of a process go through one <see cref="GroupWriter"/> a lane; in the serial lane one process writes at a time:
/// whatever was looked at in a transaction still holds when it is committed, as on SQLite.
/// </summary>
internal sealed class PostgresStore : IStore, IStoreReader, IWriteEngine, IAsyncDisposable
{
    // Any number, as long as nobody else uses it in this database.
    internal const long WriterLock = 0x4F70_7342_6F74;

    private const int MigrationAttempts = 20;

    private readonly NpgsqlDataSource _source;
    private readonly Dictionary<WriteLane, GroupWriter> _writers;

    private readonly StoreClock _clock;

    public PostgresStore(IOptions<StoreOptions> options, StoreClock clock, ILogger<PostgresStore> log)
    {
        _clock = clock;
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
            Migrate(connection, new Migrator(Dialect, log));
            AgreeOnTimeAsync(connection, CancellationToken.None).GetAwaiter().GetResult();
        }
        catch (NpgsqlException unusable)
        {
            _source.Dispose();
            throw new StoreException($"The PostgreSQL store cannot be used: {unusable.Message} Look at store.postgres, and whether the server answers.");
        }

        _writers = Enum.GetValues<WriteLane>().ToDictionary(lane => lane, lane => new GroupWriter(this, lane, options.Value.WriteQueue, log));
    }

    public ISqlDialect Dialect { get; } = new PostgresDialect();

    public Task<T> WriteAsync<T>(Func<StoreTransaction, Task<T>> work, CancellationToken cancellationToken, WriteLane lane = WriteLane.Serial) =>
        _writers[lane].WriteAsync(new SingleWrite<T>(work, cancellationToken), cancellationToken);

    public Task<T> WriteOrRefuseAsync<T>(Func<StoreTransaction, Task<T>> work, CancellationToken cancellationToken) =>
        _writers[WriteLane.Serial].WriteOrRefuseAsync(new SingleWrite<T>(work, cancellationToken));

    public Task<TResult> MergeAsync<TItem, TResult>(Merge<TItem, TResult> merge, TItem item, WriteLane lane, CancellationToken cancellationToken)
    {
        var write = new MergedWrite<TItem, TResult>(merge, item, cancellationToken);
        return lane == WriteLane.Intake ? _writers[lane].WriteOrRefuseAsync(write) : _writers[lane].WriteAsync(write, cancellationToken);
    }

    public DbConnection OpenForWriting() => _source.OpenConnection();

    public async Task<DbTransaction> BeginAsync(DbConnection connection, WriteLane lane)
    {
        var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted);
        if (lane == WriteLane.Serial)
        {
            await connection.ExecuteAsync("select pg_advisory_xact_lock(@WriterLock)", new { WriterLock }, transaction);
        }
        else if (lane == WriteLane.Leases)
        {
            await connection.ExecuteAsync("set local synchronous_commit = off", transaction: transaction);
        }

        return transaction;
    }

    public async Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken);
        // One snapshot for all that is read: a page must not mix two states.
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        return await work(connection);
    }

    /// <summary>A connection for what is neither a read nor a write of the store.</summary>
    internal ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken) => _source.OpenConnectionAsync(cancellationToken);

    /// <summary>Sets the store's clock by the database's.</summary>
    internal async Task AgreeOnTimeAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (!_clock.Agrees)
        {
            return;
        }

        var asked = _clock.GetTimestamp();
        var time = await connection.ExecuteScalarAsync<DateTime>(new CommandDefinition("select clock_timestamp()", cancellationToken: cancellationToken));
        _clock.Agree(new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)), asked, _clock.GetTimestamp());
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_writers.Values.Select(writer => writer.DisposeAsync().AsTask()));
        await _source.DisposeAsync();
    }

    /// <summary>One host migrates; the others wait and find it done. Those that serve meanwhile are not held up for long.</summary>
    internal static void Migrate(NpgsqlConnection connection, Migrator migrator)
    {
        connection.Execute("select pg_advisory_lock(@WriterLock)", new { WriterLock });
        try
        {
            // A script that waits for a table has everybody else wait behind it: it gives way, and tries again.
            connection.Execute("set lock_timeout = '3s'");
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    migrator.Apply(connection);
                    return;
                }
                catch (PostgresException held) when (attempt < MigrationAttempts && held.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.LockNotAvailable)
                {
                    // rolled back; the waiting was the pause
                }
            }
        }
        finally
        {
            connection.Execute("reset lock_timeout; select pg_advisory_unlock(@WriterLock)", new { WriterLock });
        }
    }
}
