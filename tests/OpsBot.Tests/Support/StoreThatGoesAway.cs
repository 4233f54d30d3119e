using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpsBot.Storage.Engine;

namespace OpsBot.Tests.Support;

/// <summary>The real store, whose writes fail for as long as a test wants: before they are made, or after, when only the answer is lost.</summary>
internal sealed class StoreThatGoesAway(IServiceProvider services, IOptions<StoreOptions> options) : IStore, IStoreReader
{
    public const string Reason = "the store is away";

    private readonly IStore _store = options.Value.Postgres is { Length: > 0 }
        ? services.GetRequiredService<PostgresStore>()
        : services.GetRequiredService<SqliteStore>();

    /// <summary>How many more writes fail.</summary>
    public int Failures { get; set; }

    /// <summary>Whether the writes that fail are made all the same.</summary>
    public bool LosesAnswersOnly { get; set; }

    /// <summary>How many writes have failed.</summary>
    public int Failed { get; private set; }

    public async Task<T> WriteAsync<T>(Func<StoreTransaction, Task<T>> work, CancellationToken cancellationToken, WriteLane lane = WriteLane.Serial, Ahead? ahead = null) =>
        await AnswerAsync(() => _store.WriteAsync(work, cancellationToken, lane, ahead));

    public Task<T> WriteOrRefuseAsync<T>(Func<StoreTransaction, Task<T>> work, CancellationToken cancellationToken) =>
        AnswerAsync(() => _store.WriteOrRefuseAsync(work, cancellationToken));

    public Task<TResult> MergeAsync<TItem, TResult>(Merge<TItem, TResult> merge, TItem item, WriteLane lane, CancellationToken cancellationToken) =>
        AnswerAsync(() => _store.MergeAsync(merge, item, lane, cancellationToken));

    public Task<IAsyncDisposable?> TryTakeTurnAsync(StoreTurn turn, CancellationToken cancellationToken) => _store.TryTakeTurnAsync(turn, cancellationToken);

    public Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> work, CancellationToken cancellationToken) => ((IStoreReader)_store).ReadAsync(work, cancellationToken);

    private async Task<T> AnswerAsync<T>(Func<Task<T>> write)
    {
        if (Failures == 0)
        {
            return await write();
        }

        if (LosesAnswersOnly)
        {
            await write();
        }

        Failures--;
        Failed++;
        throw new TimeoutException(Reason);
    }
}
