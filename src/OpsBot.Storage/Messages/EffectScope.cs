using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Messages;

/// <summary>What handling a message does to the store. Runs in the transaction that marks the message handled, perhaps in vain or more than once: it is rolled back where the lease is lost, and run again where the transaction fails for another's sake.</summary>
public delegate Task Effect(EffectScope scope);

/// <summary>The transaction of one effect.</summary>
public sealed class EffectScope
{
    private readonly List<NewMessage> _following = [];

    private readonly string? _trace;

    /// <param name="trace">The trace that following rows go on with.</param>
    internal EffectScope(StoreTransaction transaction, DateTimeOffset now, string? trace = null)
    {
        _trace = trace;
        Transaction = transaction;
        Now = now;
    }

    public StoreTransaction Transaction { get; }

    public DateTimeOffset Now { get; }

    internal IReadOnlyList<NewMessage> Following => _following;

    internal List<Action> Committed { get; } = [];

    internal TimeSpan? PostponedFor { get; private set; }

    /// <summary>Why it is held, where it keeps its place in the stream meanwhile.</summary>
    internal string? HeldBecause { get; private set; }

    internal DateTimeOffset? DueAgainAt { get; private set; }

    internal bool StaysOnHost { get; private set; }

    /// <summary>Writes a row that follows from this one, in the same transaction.</summary>
    public void Follow(NewMessage message) => _following.Add(_trace is null ? message : message with { Trace = _trace });

    /// <summary>It could not be handled yet, and that is nobody's failure: the row is due again after the delay, and this try does not count.</summary>
    public void Postpone(TimeSpan delay) => PostponedFor = delay;

    /// <summary>As <see cref="Postpone"/>, and what is behind it in its stream waits with it: however long that takes, it counts as one try.</summary>
    public void Hold(TimeSpan delay, string reason) => (PostponedFor, HeldBecause) = (delay, reason);

    /// <summary>It is a timer that goes on: the row is due again then, as if it had been written anew. Whatever befell it before counts no longer.</summary>
    public void Again(DateTimeOffset due) => DueAgainAt = due;

    /// <summary>From now on only this machine handles the row.</summary>
    public void StayOnThisHost() => StaysOnHost = true;

    /// <summary>Runs after the commit; lost if the process ends before. For hints only.</summary>
    public void AfterCommit(Action hint) => Committed.Add(hint);
}
