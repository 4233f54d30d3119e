namespace OpsBot.Storage.Engine;

/// <summary>
/// The time by which rows are due and leases run out, for all hosts of a store the same: the database's where there are several hosts, however their own
/// clocks go or jump. Everything else about it is the machine's.
/// </summary>
public sealed class StoreClock(TimeProvider own) : TimeProvider
{
    private Agreement? _agreed;

    /// <summary>Only the machine's real clock gives way to the database's; one that a test moves does not.</summary>
    internal bool Agrees => own == System;

    public override TimeZoneInfo LocalTimeZone => own.LocalTimeZone;

    public override long TimestampFrequency => own.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() =>
        Volatile.Read(ref _agreed) is { } agreed ? agreed.Time + own.GetElapsedTime(agreed.Timestamp) : own.GetUtcNow();

    public override long GetTimestamp() => own.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        own.CreateTimer(callback, state, dueTime, period);

    /// <summary>The database said what time it was, somewhere between two moments of ours.</summary>
    internal void Agree(DateTimeOffset time, long asked, long answered) =>
        Volatile.Write(ref _agreed, new Agreement(time + own.GetElapsedTime(asked, answered) / 2, answered));

    private sealed record Agreement(DateTimeOffset Time, long Timestamp);
}
