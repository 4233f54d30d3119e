namespace OpsBot.Storage.Engine;

/// <summary>Looks at what many writes will ask for, in as few exchanges with a server as can be, and leaves it in the transaction for them.</summary>
internal delegate Task LookAhead<TItem>(StoreTransaction transaction, IReadOnlyList<TItem> items);

/// <summary>
/// What a write will look at, told before it runs. It changes nothing but what the write costs: where it was not looked at, the write looks itself.
/// </summary>
public abstract class Ahead
{
    private protected Ahead()
    {
    }

    /// <summary>Looks for this one and for those of <paramref name="company"/> that are of its sort.</summary>
    internal abstract Task LookAsync(StoreTransaction transaction, IReadOnlyList<Ahead> company);

    internal abstract bool IsOfSort(Ahead other);
}

internal sealed class Ahead<TItem>(LookAhead<TItem> look, TItem item) : Ahead
{
    private readonly LookAhead<TItem> _look = look;
    private readonly TItem _item = item;

    internal override Task LookAsync(StoreTransaction transaction, IReadOnlyList<Ahead> company) =>
        _look(transaction, [.. company.OfType<Ahead<TItem>>().Where(IsOfSort).Select(other => other._item)]);

    internal override bool IsOfSort(Ahead other) => other is Ahead<TItem> same && same._look == _look;
}
