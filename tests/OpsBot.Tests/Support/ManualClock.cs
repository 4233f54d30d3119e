namespace OpsBot.Tests.Support;

/// <summary>A clock that stands still until it is moved. Timers fire while it is moved.</summary>
public sealed class ManualClock(DateTimeOffset start) : TimeProvider
{
    private readonly List<ManualTimer> _timers = [];
    private DateTimeOffset _now = start;

    public ManualClock()
        : this(new DateTimeOffset(2026, 1, 5, 3, 0, 0, TimeSpan.Zero))
    {
    }

    /// <summary>Somebody waits for it.</summary>
    public bool IsAwaited
    {
        get
        {
            lock (_timers)
            {
                return _timers.Exists(timer => timer.DueAt is not null);
            }
        }
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => _now;

    public override long GetTimestamp() => _now.UtcTicks;

    public void Advance(TimeSpan by)
    {
        var end = _now + by;
        while (NextBefore(end) is { } timer)
        {
            _now = timer.DueAt!.Value;
            timer.Fire();
        }

        _now = end;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        lock (_timers)
        {
            _timers.Add(timer);
        }

        return timer;
    }

    private ManualTimer? NextBefore(DateTimeOffset end)
    {
        lock (_timers)
        {
            return _timers.Where(timer => timer.DueAt <= end).MinBy(timer => timer.DueAt);
        }
    }

    private sealed class ManualTimer(ManualClock clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;

        public DateTimeOffset? DueAt { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _period = period;
            DueAt = dueTime < TimeSpan.Zero ? null : clock._now + dueTime;
            return true;
        }

        public void Fire()
        {
            DueAt = _period > TimeSpan.Zero ? DueAt + _period : null;
            callback(state);
        }

        public void Dispose()
        {
            lock (clock._timers)
            {
                clock._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
