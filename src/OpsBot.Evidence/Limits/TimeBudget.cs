namespace OpsBot.Evidence.Limits;

/// <summary>The time that one collection of a source has. Waiting for a turn counts as much as asking.</summary>
internal sealed class TimeBudget : IDisposable
{
    private readonly TimeProvider _time;
    private readonly long _begun;
    private readonly CancellationTokenSource _deadline;
    private readonly CancellationTokenSource _either;

    public TimeBudget(TimeSpan total, TimeProvider time, CancellationToken cancellationToken)
    {
        (Total, _time, _begun) = (total, time, time.GetTimestamp());
        _deadline = new CancellationTokenSource(total, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_deadline.Token, cancellationToken);
    }

    public TimeSpan Total { get; }

    public TimeSpan Left => Total - _time.GetElapsedTime(_begun) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    /// <summary>It is used up; false where somebody else ended the collection.</summary>
    public bool IsSpent => _deadline.IsCancellationRequested;

    /// <summary>Ends with the budget, or with whoever asked.</summary>
    public CancellationToken Stop => _either.Token;

    public void Dispose()
    {
        _either.Dispose();
        _deadline.Dispose();
    }
}
