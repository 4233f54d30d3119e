using System.Data.Common;

namespace OpsBot.Storage.Engine;

/// <summary>The store: one writer at a time, any number of readers.</summary>
public interface IStore
{
    /// <summary>
    /// Runs <paramref name="work"/> in a write transaction and returns once it is committed. Several may share one commit; one that
    /// throws is rolled back alone. The work may do nothing but SQL: everybody else waits for it.
    /// </summary>
    Task<T> WriteAsync<T>(Func<StoreTransaction, Task<T>> work, CancellationToken cancellationToken);

    /// <summary>The same, refused at once when the queue of writes is full.</summary>
    /// <exception cref="Contracts.Ports.IntakeOverloadedException">The queue is full; nothing was done.</exception>
    Task<T> WriteOrRefuseAsync<T>(Func<StoreTransaction, Task<T>> work, CancellationToken cancellationToken);

    /// <summary>
    /// A turn at something that one process of all that share the store does at a time; null where another has it. It ends when it is disposed of, and with the process.
    /// </summary>
    Task<IAsyncDisposable?> TryTakeTurnAsync(StoreTurn turn, CancellationToken cancellationToken);
}

/// <summary>What there are turns at. The number names it in the store.</summary>
public enum StoreTurn
{
    Pruning = 1,
}

/// <summary>Read connections; this project's own.</summary>
internal interface IStoreReader
{
    /// <summary>Reads from one snapshot.</summary>
    Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> work, CancellationToken cancellationToken);
}

/// <summary>Short forms.</summary>
public static class StoreExtensions
{
    public static Task WriteAsync(this IStore store, Func<StoreTransaction, Task> work, CancellationToken cancellationToken) =>
        store.WriteAsync(
            async transaction =>
            {
                await work(transaction);
                return true;
            },
            cancellationToken);
}
