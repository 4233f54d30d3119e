using System.Data.Common;
using Dapper;

namespace OpsBot.Storage.Engine;

/// <summary>An open write transaction. Passed from repository to repository; only this project sees the connection inside.</summary>
public sealed class StoreTransaction
{
    private readonly DbConnection _connection;
    private readonly List<DeferredWrite> _deferred = [];
    private readonly Dictionary<(string Table, long Id, string Key), int> _places = [];
    private readonly Dictionary<Type, object> _seen = [];
    private readonly HashSet<(string What, long Id)> _firsts = [];

    internal StoreTransaction(DbConnection connection, DbTransaction transaction, ISqlDialect dialect)
    {
        _connection = connection;
        Transaction = transaction;
        Dialect = dialect;
    }

    /// <summary>The connection, with all that was deferred done: whoever asks for it may look at what was written.</summary>
    internal DbConnection Connection
    {
        get
        {
            Flush();
            return _connection;
        }
    }

    internal DbTransaction Transaction { get; }

    /// <summary>One write is run at a time, and what it throws is its own.</summary>
    internal bool IsAlone { get; set; }

    internal ISqlDialect Dialect { get; }

    /// <summary>
    /// A write that nobody waits for: it goes with others in one exchange with a server, before the next statement that looks at something or the commit.
    /// Its failure is then that of the transaction.
    /// </summary>
    /// <param name="unlessOne">What to throw where it does not concern exactly one row; null where any number will do.</param>
    /// <param name="replaces">The row that it overwrites whole: an earlier one of the row that still waits is left out.</param>
    internal async Task DeferAsync(string sql, object parameters, Func<Exception>? unlessOne = null, (string Table, long Id, string Key)? replaces = null)
    {
        if (_connection.CanCreateBatch)
        {
            var write = new DeferredWrite(sql, parameters, unlessOne);
            if (replaces is { } row && !_places.TryAdd(row, _deferred.Count))
            {
                _deferred[_places[row]] = write;
                return;
            }

            _deferred.Add(write);
            if (IsAlone && unlessOne is not null)
            {
                // Nobody to share the exchange with, and what is done next may be in vain.
                Flush();
            }
        }
        else if (await _connection.ExecuteAsync(sql, parameters, Transaction) != 1 && unlessOne is not null)
        {
            throw unlessOne();
        }
    }

    /// <summary>Does what was deferred.</summary>
    internal void Flush()
    {
        if (_deferred.Count == 0)
        {
            return;
        }

        using var batch = _connection.CreateBatch();
        batch.Transaction = Transaction;
        var writes = _deferred.ToArray();
        Drop();
        foreach (var write in writes)
        {
            batch.BatchCommands.Add(write.ToCommand(batch.CreateBatchCommand()));
        }

        batch.ExecuteNonQuery();
        for (var at = 0; at < writes.Length; at++)
        {
            if (writes[at].UnlessOne is { } failure && batch.BatchCommands[at].RecordsAffected != 1)
            {
                throw failure();
            }
        }
    }

    /// <summary>Forgets what was deferred: the transaction is rolled back.</summary>
    internal void Drop()
    {
        _deferred.Clear();
        _places.Clear();
    }

    /// <summary>What was looked at before for this write and others; null where nothing was.</summary>
    internal T? Seen<T>()
        where T : class => _seen.TryGetValue(typeof(T), out var seen) ? (T)seen : null;

    internal void See<T>(T seen)
        where T : class => _seen[typeof(T)] = seen;

    /// <summary>True for the first time in this transaction that it is asked of this.</summary>
    internal bool IsFirst((string What, long Id) of) => _firsts.Add(of);

    /// <summary>What was done first holds no longer, and is to be done again.</summary>
    internal void ForgetFirsts() => _firsts.Clear();

    /// <summary>Forgets what was looked at: from now on others write who do not say what.</summary>
    internal void ForgetSeen() => _seen.Clear();
}
