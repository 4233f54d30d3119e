using System.Data.Common;

namespace OpsBot.Storage.Engine;

/// <summary>Which writes wait for each other, and what a commit of theirs is worth.</summary>
public enum WriteLane
{
    /// <summary>One transaction at a time over all hosts: whatever it looked at still holds when it commits.</summary>
    Serial,

    /// <summary>Deliveries, each on its own. On disk before anybody is answered; refused when too many wait.</summary>
    Intake,

    /// <summary>
    /// Leases: statements that check a row's token themselves. A crash of the database may forget the last of them, which is as if they had not been tried;
    /// whatever is done under a lease is committed after it and checks it again.
    /// </summary>
    Leases,
}

/// <summary>Does many writes of one sort together, with one result for each in their order. One <paramref name="items"/> may be all there is.</summary>
public delegate Task<IReadOnlyList<TResult>> Merge<TItem, TResult>(StoreTransaction transaction, IReadOnlyList<TItem> items);

/// <summary>The store: writes in lanes, any number of readers.</summary>
public interface IStore
{
    /// <summary>
    /// Runs <paramref name="work"/> in a write transaction and returns once it is committed. Several may share one commit; one that
    /// throws is rolled back alone, and for that the others may be run again: it must be fit to. It may do nothing but SQL: everybody else waits for it.
    /// </summary>
    /// <param name="ahead">What it will look at first, if that is known: then it is looked at for several at once.</param>
    Task<T> WriteAsync<T>(Func<StoreTransaction, Task<T>> work, CancellationToken cancellationToken, WriteLane lane = WriteLane.Serial, Ahead? ahead = null);

    /// <summary>The same, refused at once when the queue of writes is full.</summary>
    /// <exception cref="Contracts.Ports.IntakeOverloadedException">The queue is full; nothing was done.</exception>
    Task<T> WriteOrRefuseAsync<T>(Func<StoreTransaction, Task<T>> work, CancellationToken cancellationToken);

    /// <summary>Has <paramref name="item"/> written with others that wait in the lane for the same <paramref name="merge"/>.</summary>
    /// <exception cref="Contracts.Ports.IntakeOverloadedException">The lane is that of intake, and its queue is full; nothing was done.</exception>
    Task<TResult> MergeAsync<TItem, TResult>(Merge<TItem, TResult> merge, TItem item, WriteLane lane, CancellationToken cancellationToken);

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
    public static Task WriteAsync(
        this IStore store, Func<StoreTransaction, Task> work, CancellationToken cancellationToken, WriteLane lane = WriteLane.Serial, Ahead? ahead = null) =>
        store.WriteAsync(
            async transaction =>
            {
                await work(transaction);
                return true;
            },
            cancellationToken,
            lane,
            ahead);
}
