using System.Data.Common;

namespace OpsBot.Storage.Engine;

/// <summary>An open write transaction. Passed from repository to repository; only this project sees the connection inside.</summary>
public sealed class StoreTransaction
{
    internal StoreTransaction(DbConnection connection, DbTransaction transaction, ISqlDialect dialect)
    {
        Connection = connection;
        Transaction = transaction;
        Dialect = dialect;
    }

    internal DbConnection Connection { get; }

    internal DbTransaction Transaction { get; }

    internal ISqlDialect Dialect { get; }
}
