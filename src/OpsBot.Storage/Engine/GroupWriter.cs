using System.Data.Common;
using System.Threading.Channels;
using Dapper;
using Microsoft.Extensions.Logging;
using OpsBot.Contracts.Ports;

namespace OpsBot.Storage.Engine;

/// <summary>What a <see cref="GroupWriter"/> wants of an engine.</summary>
internal interface IWriteEngine
{
    ISqlDialect Dialect { get; }

    /// <summary>A connection of the writer's own.</summary>
    /// <exception cref="DbException">The engine cannot be reached.</exception>
    DbConnection OpenForWriting();

    /// <summary>Begins a transaction that sees all that is committed and lets nobody else write until it ends.</summary>
    DbTransaction Begin(DbConnection connection);
}

/// <summary>
/// One thread owns one connection for all writes of this process: what arrived during the last commit is the next group, each write in its own
/// savepoint, one commit a group, no waiting for more.
/// </summary>
internal sealed partial class GroupWriter : IAsyncDisposable
{
    private const int GroupSize = 200;

    private static readonly TimeSpan ReconnectPause = TimeSpan.FromMilliseconds(500);

    private readonly Channel<Write> _queue;
    private readonly IWriteEngine _engine;
    private readonly ILogger _log;
    private readonly Thread _thread;
    private readonly ManualResetEventSlim _closing = new();

    public GroupWriter(IWriteEngine engine, int queueLength, ILogger log)
    {
        (_engine, _log) = (engine, log);
        _queue = Channel.CreateBounded<Write>(new BoundedChannelOptions(queueLength) { SingleReader = true });
        _thread = new Thread(Run) { IsBackground = true, Name = "opsbot-store-writer" };
        _thread.Start();
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

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        _closing.Set();
        await Task.Run(() => _thread.Join(TimeSpan.FromSeconds(10)));
        _closing.Dispose();
    }

    private void Run()
    {
        var group = new List<Write>(GroupSize);
        DbConnection? connection = null;
        try
        {
            while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
            {
                group.Clear();
                try
                {
                    connection ??= _engine.OpenForWriting();
                    CommitGroup(connection, group);
                }
                catch (DbException failure)
                {
                    // Nothing of the group is in the store: whoever waits is told, and tries again by the rules of the row.
                    LogGroupFailed(failure, group.Count);
                    StoreMetrics.FailedCommits.Add(1);
                    connection = Mended(connection, failure, group);
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
        finally
        {
            connection?.Dispose();
        }
    }

    /// <summary>The connection where it still stands; a broken one is opened anew with the next group, and who waits behind this one is told at once.</summary>
    private DbConnection? Mended(DbConnection? connection, DbException failure, List<Write> group)
    {
        group.ForEach(write => write.Fail(failure));
        if (connection is { State: System.Data.ConnectionState.Open })
        {
            return connection;
        }

        connection?.Dispose();
        while (_queue.Reader.TryRead(out var write))
        {
            write.Fail(failure);
        }

        _closing.Wait(ReconnectPause);
        return null;
    }

    private void CommitGroup(DbConnection connection, List<Write> group)
    {
        using var timed = StoreMetrics.Time(group);
        using (var transaction = _engine.Begin(connection))
        {
            var scope = new StoreTransaction(connection, transaction, _engine.Dialect);
            while (group.Count < GroupSize && _queue.Reader.TryRead(out var write))
            {
                group.Add(write);
                connection.Execute("savepoint one", transaction: transaction);
                connection.Execute(write.Run(scope) ? "release savepoint one" : "rollback to savepoint one; release savepoint one", transaction: transaction);
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
