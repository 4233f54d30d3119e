namespace OpsBot.Storage.Engine;

/// <summary>A write that somebody waits for.</summary>
internal abstract class WaitingWrite(CancellationToken cancellationToken)
{
    /// <summary>What it failed with, when it was run last; null where it did not.</summary>
    protected Exception? Failure { get; set; }

    /// <summary>What it will look at first; null where it did not say.</summary>
    public Ahead? Ahead { get; init; }

    /// <summary>It has been run since <see cref="Begin"/>.</summary>
    public bool HasRun { get; protected set; }

    /// <summary>Whoever waited for it does so no longer, and it has not begun.</summary>
    public bool IsCancelled => cancellationToken.IsCancellationRequested;

    public void Begin() => (HasRun, Failure) = (false, null);

    /// <summary>Runs it, and with it those of <paramref name="company"/> that are of its sort; false where it threw, and all that it did must be rolled back.</summary>
    public async Task<bool> RunAsync(StoreTransaction transaction, IReadOnlyList<WaitingWrite> company)
    {
        try
        {
            await DoAsync(transaction, company);
            return true;
        }
        catch (Exception failure)
        {
            (HasRun, Failure) = (true, failure);
            return false;
        }
    }

    /// <summary>The same alone, to its very end: what was deferred is done.</summary>
    public async Task<bool> RunAloneAsync(StoreTransaction transaction)
    {
        Begin();
        transaction.IsAlone = true;
        // of a write before that was rolled back
        transaction.ForgetFirsts();
        if (!await RunAsync(transaction, [this]))
        {
            transaction.Drop();
            return false;
        }

        try
        {
            transaction.Flush();
            return true;
        }
        catch (Exception failure)
        {
            Failure = failure;
            return false;
        }
    }

    /// <summary>Tells who waits that it is committed, or what it failed with.</summary>
    public abstract void Complete();

    /// <summary>Tells who waits that it is not in the store.</summary>
    public abstract void Fail(Exception failure);

    protected abstract Task DoAsync(StoreTransaction transaction, IReadOnlyList<WaitingWrite> company);
}

/// <summary>A write with a result.</summary>
internal abstract class WaitingWrite<T>(CancellationToken cancellationToken) : WaitingWrite(cancellationToken)
{
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;

    public Task<T> Completion => _done.Task;

    public override void Complete()
    {
        if (Failure is null)
        {
            _done.TrySetResult(_result!);
        }
        else
        {
            _done.TrySetException(Failure);
        }
    }

    public override void Fail(Exception failure) => _done.TrySetException(Failure ?? failure);

    protected void Give(T result) => (_result, HasRun) = (result, true);
}

/// <summary>A write of its own.</summary>
internal sealed class SingleWrite<T>(Func<StoreTransaction, Task<T>> work, CancellationToken cancellationToken) : WaitingWrite<T>(cancellationToken)
{
    protected override async Task DoAsync(StoreTransaction transaction, IReadOnlyList<WaitingWrite> company) => Give(await work(transaction));
}

/// <summary>A write that is done together with all of its sort.</summary>
internal sealed class MergedWrite<TItem, TResult>(Merge<TItem, TResult> merge, TItem item, CancellationToken cancellationToken)
    : WaitingWrite<TResult>(cancellationToken)
{
    private readonly Merge<TItem, TResult> _merge = merge;
    private readonly TItem _item = item;

    protected override async Task DoAsync(StoreTransaction transaction, IReadOnlyList<WaitingWrite> company)
    {
        var same = company.OfType<MergedWrite<TItem, TResult>>().Where(other => other._merge == _merge && !other.HasRun).ToList();
        var results = await _merge(transaction, same.ConvertAll(other => other._item));
        for (var at = 0; at < same.Count; at++)
        {
            same[at].Give(results[at]);
        }
    }
}
