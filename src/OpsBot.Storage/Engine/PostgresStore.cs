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
internal sealed partial class PostgresStore : IStore, IStoreReader, IWriteEngine, IAsyncDisposable
{
    // Any number, as long as nobody else uses it in this database.
    internal const long WriterLock = 0x4F70_7342_6F74;

    private const int MigrationAttempts = 20;
    private const long TurnLocks = WriterLock + 100;

    // A queue is empty whenever the planner looks at it and full when it matters, and a plan is kept from the one to the other: whatever reads a table from its
    // beginning is then a plan for a disaster. Every statement has an index, and goes by it.
    private const string PlannerSettings = "set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off; set jit = off";

    // What is claimed is the first of an order that an index has. The planner takes the few that it believes to wait for as cheap to sort, and reads all that wait.
    internal const string LeaseSettings = "set local synchronous_commit = off; set local enable_sort = off";

    private readonly NpgsqlDataSource _source;
    private readonly Dictionary<WriteLane, GroupWriter> _writers;

    private readonly StoreClock _clock;
    private readonly ILogger _log;
    private readonly Lock _preparing = new();
    private volatile bool _isPrepared;

    public PostgresStore(IOptions<StoreOptions> options, StoreClock clock, StorePatience patience, ILogger<PostgresStore> log)
    {
        (_clock, _log) = (clock, log);
        var parts = PostgresConnections.Parse(options.Value.Postgres!);
        try
        {
            (parts.ApplicationName, parts.MaxAutoPrepare, parts.MaxPoolSize, parts.NoResetOnClose) = ("opsbot", 60, 30, true);
            var builder = new NpgsqlDataSourceBuilder(parts.ToString());
#pragma warning disable NPG9001
            builder.AddTypeInfoResolverFactory(new StorableTexts());
#pragma warning restore NPG9001
            builder.UsePhysicalConnectionInitializer(
                connection => connection.Execute(PlannerSettings), async connection => await connection.ExecuteAsync(PlannerSettings));
            _source = builder.Build();
        }
        catch (ArgumentException unreadable)
        {
            throw new StoreException($"The PostgreSQL store at {PostgresConnections.Shown(parts)} cannot be used: {unreadable.Message} Look at store.postgres.");
        }

        try
        {
            using var connection = Prepared(_source.OpenConnection());
        }
        catch (NpgsqlException away) when (patience.WaitsForServer && away.IsTransient)
        {
            LogAway(away.Message);
        }
        catch (StoreException)
        {
            _source.Dispose();
            throw;
        }
        catch (NpgsqlException unusable)
        {
            _source.Dispose();
            throw new StoreException(
                $"The PostgreSQL store at {PostgresConnections.Shown(parts)} cannot be used by '{parts.Username}': {unusable.Message} {NextStep(unusable)}");
        }

        _writers = Enum.GetValues<WriteLane>().ToDictionary(lane => lane, lane => new GroupWriter(this, lane, options.Value.WriteQueue, log));
    }

    public ISqlDialect Dialect { get; } = new PostgresDialect();

    public Task<T> WriteAsync<T>(Func<StoreTransaction, Task<T>> work, CancellationToken cancellationToken, WriteLane lane = WriteLane.Serial, Ahead? ahead = null) =>
        _writers[lane].WriteAsync(new SingleWrite<T>(work, cancellationToken) { Ahead = ahead }, cancellationToken);

    public Task<T> WriteOrRefuseAsync<T>(Func<StoreTransaction, Task<T>> work, CancellationToken cancellationToken) =>
        _writers[WriteLane.Serial].WriteOrRefuseAsync(new SingleWrite<T>(work, cancellationToken));

    public Task<TResult> MergeAsync<TItem, TResult>(Merge<TItem, TResult> merge, TItem item, WriteLane lane, CancellationToken cancellationToken)
    {
        var write = new MergedWrite<TItem, TResult>(merge, item, cancellationToken);
        return lane == WriteLane.Intake ? _writers[lane].WriteOrRefuseAsync(write) : _writers[lane].WriteAsync(write, cancellationToken);
    }

    public async Task<IAsyncDisposable?> TryTakeTurnAsync(StoreTurn turn, CancellationToken cancellationToken)
    {
        var connection = await _source.OpenConnectionAsync(cancellationToken);
        AdvisoryLock? taken = null;
        try
        {
            // One store is one schema: others in the same database have turns of their own.
            var schema = await connection.ExecuteScalarAsync<int>(new CommandDefinition("select hashtext(current_schema())", cancellationToken: cancellationToken));
            taken = new AdvisoryLock(connection, (TurnLocks + (int)turn) ^ ((long)schema << 16));
            return await taken.TryTakeAsync(cancellationToken) ? taken : null;
        }
        finally
        {
            if (taken is not { IsHeld: true })
            {
                await connection.DisposeAsync();
            }
        }
    }

    public DbConnection OpenForWriting() => Prepared(_source.OpenConnection());

    public async Task<DbTransaction> BeginAsync(DbConnection connection, WriteLane lane)
    {
        var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted);
        if (lane == WriteLane.Serial)
        {
            await connection.ExecuteAsync("select pg_advisory_xact_lock(@WriterLock)", new { WriterLock }, transaction);
        }
        else if (lane == WriteLane.Leases)
        {
            await connection.ExecuteAsync(LeaseSettings, transaction: transaction);
        }

        return transaction;
    }

    public async Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        // One snapshot for all that is read: a page must not mix two states.
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        return await work(connection);
    }

    /// <summary>A connection for what is neither a read nor a write of the store.</summary>
    internal async ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken) =>
        Prepared(await _source.OpenConnectionAsync(cancellationToken));

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

    private static string NextStep(NpgsqlException unusable) => unusable is PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification }
        ? "Compare user and password of store.postgres (or of the file that it is read from) with the server's."
        : "Look at store.postgres, and whether the server answers.";

    /// <summary>The connection, to a store that is migrated: where the server was away at start, whoever reaches it first sees to that.</summary>
    private NpgsqlConnection Prepared(NpgsqlConnection connection)
    {
        if (_isPrepared)
        {
            return connection;
        }

        try
        {
            lock (_preparing)
            {
                if (!_isPrepared)
                {
                    Migrate(connection, new Migrator(Dialect, _log));
                    StoreMark.Check(connection);
                    AgreeOnTimeAsync(connection, CancellationToken.None).GetAwaiter().GetResult();
                    _isPrepared = true;
                }
            }

            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
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

    [LoggerMessage(1105, LogLevel.Warning, "The PostgreSQL store is away, and is waited for: {Problem}. Until then deliveries are answered 503. Look at store.postgres, and whether the server answers.")]
    private partial void LogAway(string problem);
}
