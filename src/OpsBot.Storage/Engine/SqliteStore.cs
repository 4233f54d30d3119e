using System.Data.Common;
using System.Threading.Channels;
using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpsBot.Contracts.Ports;

namespace OpsBot.Storage.Engine;

/// <summary>
/// The embedded store. One thread owns one connection for all writes: what arrived during the last commit is the next group, each
/// write in its own savepoint, one commit a group. Readers have connections of their own and never wait (WAL).
/// </summary>
internal sealed partial class SqliteStore : IStore, IStoreReader, IAsyncDisposable
{
    private const int GroupSize = 200;

    private readonly Channel<Write> _queue;
    private readonly string _connectionString;
    private readonly ISqlDialect _dialect = new SqliteDialect();
    private readonly ILogger<SqliteStore> _log;
    private readonly Thread _writer;

    public SqliteStore(IOptions<StoreOptions> options, ILogger<SqliteStore> log)
    {
        _log = log;
        Directory.CreateDirectory(options.Value.DataFolder);
        _connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = Path.Combine(options.Value.DataFolder, "opsbot.db"),
            DefaultTimeout = 30,
        }.ToString();
        _queue = Channel.CreateBounded<Write>(new BoundedChannelOptions(options.Value.WriteQueue) { SingleReader = true });
        try
        {
            using var connection = Open(readOnly: false);
            new Migrator(_dialect, _log).Apply(connection);
        }
        catch (SqliteException unusable)
        {
            throw new StoreException(
                $"The store in '{options.Value.DataFolder}' cannot be used: {unusable.Message} Restore opsbot.db from a backup, or name another folder with --data or OPSBOT_DATA.");
        }

        _writer = new Thread(Run) { IsBackground = true, Name = "opsbot-store-writer" };
        _writer.Start();
    }

    public async Task<T> WriteAsync<T>(Func<StoreTransaction, Task<T>> work, CancellationToken cancellationToken)
    {
        var write = new Write<T>(work, cancellationToken);
        await _queue.Writer.WriteAsync(write, cancellationToken);
        return await write.Completion;
    }

    public Task<T> WriteOrRefuseAsync<T>(Func<StoreTransaction, Task<T>> work, CancellationToken cancellationToken)
    {
        var write = new Write<T>(work, cancellationToken);
        return _queue.Writer.TryWrite(write)
            ? write.Completion
            : Task.FromException<T>(new IntakeOverloadedException(TimeSpan.FromSeconds(5)));
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
        _queue.Writer.TryComplete();
        await Task.Run(() => _writer.Join(TimeSpan.FromSeconds(10)));
        using var pool = new SqliteConnection(_connectionString);
        SqliteConnection.ClearPool(pool);
    }

    private SqliteConnection Open(bool readOnly)
    {
        var connection = new SqliteConnection(_connectionString);
        connection.Open();
        connection.Execute(readOnly
            ? "pragma busy_timeout = 10000; pragma query_only = 1;"
            : "pragma journal_mode = wal; pragma synchronous = full; pragma busy_timeout = 10000; pragma foreign_keys = 1; pragma query_only = 0;");
        return connection;
    }

    private void Run()
    {
        var group = new List<Write>(GroupSize);
        try
        {
            using var connection = Open(readOnly: false);
            while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
            {
                group.Clear();
                try
                {
                    CommitGroup(connection, group);
                }
                catch (SqliteException failure)
                {
                    // Nothing of the group is in the store: whoever waits is told, and tries again by the rules of the row.
                    LogGroupFailed(failure, group.Count);
                    group.ForEach(write => write.Fail(failure));
                }
            }
        }
        catch (Exception failure)
        {
            // Whoever writes from now on is told at once; /healthz says it too.
            LogWriterEnded(failure);
            group.ForEach(write => write.Fail(failure));
            _queue.Writer.TryComplete();
            while (_queue.Reader.TryRead(out var write))
            {
                write.Fail(failure);
            }
        }
    }

    private void CommitGroup(SqliteConnection connection, List<Write> group)
    {
        using (var transaction = connection.BeginTransaction(deferred: false))
        {
            var scope = new StoreTransaction(connection, transaction, _dialect);
            while (group.Count < GroupSize && _queue.Reader.TryRead(out var write))
            {
                group.Add(write);
                connection.Execute("savepoint one", transaction: transaction);
                if (!write.Run(scope))
                {
                    connection.Execute("rollback to one", transaction: transaction);
                }

                connection.Execute("release one", transaction: transaction);
            }

            transaction.Commit();
        }

        group.ForEach(write => write.Complete());
    }

    [LoggerMessage(1101, LogLevel.Error, "A group of {Count} writes was not committed; each is retried by its owner.")]
    private partial void LogGroupFailed(Exception failure, int count);

    [LoggerMessage(1103, LogLevel.Critical, "The writer of the store has ended: nothing can be stored until OpsBot is started again.")]
    private partial void LogWriterEnded(Exception failure);

    private abstract class Write
    {
        /// <summary>Runs the work; false when it threw and must be rolled back.</summary>
        public abstract bool Run(StoreTransaction transaction);

        public abstract void Complete();

        public abstract void Fail(Exception failure);
    }

    private sealed class Write<T>(Func<StoreTransaction, Task<T>> work, CancellationToken cancellationToken) : Write
    {
        private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? _result;
        private Exception? _failure;

        public Task<T> Completion => _done.Task;

        public override bool Run(StoreTransaction transaction)
        {
            try
            {
                cancellationToken.ThrowIfCancellationRequested();
                _result = work(transaction).GetAwaiter().GetResult();
                return true;
            }
            catch (Exception failure)
            {
                _failure = failure;
                return false;
            }
        }

        public override void Complete()
        {
            if (_failure is null)
            {
                _done.TrySetResult(_result!);
            }
            else
            {
                _done.TrySetException(_failure);
            }
        }

        public override void Fail(Exception failure) => _done.TrySetException(_failure ?? failure);
    }
}
