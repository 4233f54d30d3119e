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

    /// <summary>Begins a transaction that sees all that is committed and keeps the promises of its lane.</summary>
    Task<DbTransaction> BeginAsync(DbConnection connection, WriteLane lane);
}

/// <summary>
/// One connection for all writes of this process in a lane: what arrived during the last commit is the next group, with one commit and no waiting for more.
/// A group in which one throws is rolled back and run again with each write in a savepoint of its own: that one is rolled back alone.
/// </summary>
internal sealed partial class GroupWriter : IAsyncDisposable
{
    private const int GroupSize = 200;

    private static readonly TimeSpan ReconnectPause = TimeSpan.FromMilliseconds(500);

    private readonly Channel<WaitingWrite> _queue;
    private readonly IWriteEngine _engine;
    private readonly WriteLane _lane;
    private readonly ILogger _log;
    private readonly Thread _thread;
    private readonly ManualResetEventSlim _closing = new();
    private bool _isAway;

    public GroupWriter(IWriteEngine engine, WriteLane lane, int queueLength, ILogger log)
    {
        (_engine, _lane, _log) = (engine, lane, log);
        _queue = Channel.CreateBounded<WaitingWrite>(new BoundedChannelOptions(queueLength) { SingleReader = true });
        _thread = new Thread(Run) { IsBackground = true, Name = $"opsbot-store-{lane}" };
        _thread.Start();
    }

    /// <summary>Queues a write, behind as many as there are.</summary>
    public async Task<T> WriteAsync<T>(WaitingWrite<T> write, CancellationToken cancellationToken)
    {
        await _queue.Writer.WriteAsync(write, cancellationToken);
        return await write.Completion;
    }

    /// <summary>Queues a write unless the queue is full.</summary>
    public Task<T> WriteOrRefuseAsync<T>(WaitingWrite<T> write) => _queue.Writer.TryWrite(write)
        ? write.Completion
        : Task.FromException<T>(new IntakeOverloadedException(TimeSpan.FromSeconds(5)));

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        _closing.Set();
        await Task.Run(() => _thread.Join(TimeSpan.FromSeconds(10)));
        _closing.Dispose();
    }

    // A thread of its own: the embedded engine works on whatever thread calls it, and that must not be one that others need.
    private void Run() => RunAsync().GetAwaiter().GetResult();

    private async Task RunAsync()
    {
        var group = new List<WaitingWrite>(GroupSize);
        DbConnection? connection = null;
        try
        {
            while (await _queue.Reader.WaitToReadAsync())
            {
                Take(group);
                try
                {
                    connection ??= _engine.OpenForWriting();
                    await CommitAsync(connection, group);
                    if (_isAway)
                    {
                        _isAway = false;
                        LogBack(_lane);
                    }
                }
                catch (Exception failure) when (failure is DbException || connection is { State: not System.Data.ConnectionState.Open })
                {
                    // Nothing of the group is in the store: whoever waits is told, and tries again by the rules of the row. Where the connection broke
                    // in a transaction, what is caught may be that it cannot be rolled back.
                    var cause = failure is DbException ? failure : failure.InnerException ?? failure;
                    LogFailed(cause, group.Count, connection);
                    StoreMetrics.FailedCommits.Add(1);
                    connection = Mended(connection, cause, group);
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

    /// <summary>Each group that failed; but of a store that is away only that it is.</summary>
    private void LogFailed(Exception failure, int count, DbConnection? connection)
    {
        if (connection is { State: System.Data.ConnectionState.Open })
        {
            LogGroupFailed(failure, count);
        }
        else if (!_isAway)
        {
            _isAway = true;
            LogAway(_lane, failure.Message);
        }
    }

    private void Take(List<WaitingWrite> group)
    {
        group.Clear();
        while (group.Count < GroupSize && _queue.Reader.TryRead(out var write))
        {
            if (write.IsCancelled)
            {
                write.Fail(new OperationCanceledException());
            }
            else
            {
                group.Add(write);
            }
        }
    }

    /// <summary>The connection where it still stands; a broken one is opened anew with the next group, and who waits behind this one is told at once.</summary>
    private DbConnection? Mended(DbConnection? connection, Exception failure, List<WaitingWrite> group)
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

    private async Task CommitAsync(DbConnection connection, List<WaitingWrite> group)
    {
        using var timed = StoreMetrics.Time(group);
        if (group.Count > 0 && !await TogetherAsync(connection, group))
        {
            await OneByOneAsync(connection, group);
        }

        group.ForEach(write => write.Complete());
    }

    /// <summary>False where one threw, and nothing was committed; a write that was alone keeps what it threw.</summary>
    private async Task<bool> TogetherAsync(DbConnection connection, List<WaitingWrite> group)
    {
        await using var transaction = await _engine.BeginAsync(connection, _lane);
        var scope = new StoreTransaction(connection, transaction, _engine.Dialect);
        if (group.Count == 1)
        {
            if (await group[0].RunAloneAsync(scope))
            {
                await transaction.CommitAsync();
            }
            else
            {
                await transaction.RollbackAsync();
            }

            return true;
        }

        group.ForEach(write => write.Begin());
        try
        {
            if (!await RunAsync(scope, group))
            {
                await transaction.RollbackAsync();
                return false;
            }

            scope.Flush();
        }
        catch (Exception)
        {
            // whose it was is found when each runs alone
            await transaction.RollbackAsync();
            return false;
        }

        await transaction.CommitAsync();
        return true;
    }

    /// <summary>
    /// Runs all, those first that said what they will look at, sort by sort: what was looked at for them holds until others write. False where one threw.
    /// Which of a group goes first is nobody's business: who waits for an answer has not asked for the next.
    /// </summary>
    private async Task<bool> RunAsync(StoreTransaction scope, List<WaitingWrite> group)
    {
        while (_engine.Dialect.IsRemote && group.Find(write => write is { Ahead: not null, HasRun: false })?.Ahead is { } ahead)
        {
            var same = group.FindAll(write => !write.HasRun && write.Ahead?.IsOfSort(ahead) == true);
            if (same.Count > 1)
            {
                await ahead.LookAsync(scope, same.ConvertAll(write => write.Ahead!));
            }

            if (!await RunAsync(scope, same, group))
            {
                return false;
            }

            scope.ForgetSeen();
        }

        return await RunAsync(scope, group, group);
    }

    private static async Task<bool> RunAsync(StoreTransaction scope, List<WaitingWrite> some, List<WaitingWrite> group)
    {
        foreach (var write in some)
        {
            if (!write.HasRun && !await write.RunAsync(scope, group))
            {
                return false;
            }
        }

        return true;
    }

    private async Task OneByOneAsync(DbConnection connection, List<WaitingWrite> group)
    {
        await using var transaction = await _engine.BeginAsync(connection, _lane);
        var scope = new StoreTransaction(connection, transaction, _engine.Dialect);
        foreach (var write in group)
        {
            await connection.ExecuteAsync("savepoint one", transaction: transaction);
            await connection.ExecuteAsync(
                await write.RunAloneAsync(scope) ? "release savepoint one" : "rollback to savepoint one; release savepoint one", transaction: transaction);
        }

        await transaction.CommitAsync();
    }

    [LoggerMessage(1101, LogLevel.Error, "A group of {Count} writes was not committed; each is retried by its owner.")]
    private partial void LogGroupFailed(Exception failure, int count);

    [LoggerMessage(1106, LogLevel.Error, "The store is away ({Lane} writes): {Reason}. What is not committed is tried again by its owner, and deliveries by their senders, until it is back.")]
    private partial void LogAway(WriteLane lane, string reason);

    [LoggerMessage(1107, LogLevel.Warning, "The store is back ({Lane} writes).")]
    private partial void LogBack(WriteLane lane);

    [LoggerMessage(1103, LogLevel.Critical, "The writer of the store has ended: nothing can be stored until OpsBot is started again.")]
    private partial void LogWriterEnded(Exception failure);
}
