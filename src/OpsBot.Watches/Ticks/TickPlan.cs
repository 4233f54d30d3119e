namespace OpsBot.Watches.Ticks;

/// <summary>When a watch looks. Pure.</summary>
/// <param name="Next">When the next tick is due; null where the deadline is over.</param>
/// <param name="Missed">Ticks that were due between this one and now: they are this one.</param>
/// <param name="Late">How late this one is.</param>
internal sealed record TickPlan(DateTimeOffset? Next, long Missed, TimeSpan Late)
{
    /// <summary>The next tick keeps the beat of those before, however late this one is; the last one is at the deadline.</summary>
    public static TickPlan After(DateTimeOffset due, TimeSpan interval, DateTimeOffset deadline, DateTimeOffset now)
    {
        var late = now > due ? now - due : TimeSpan.Zero;
        var missed = late.Ticks / interval.Ticks;
        if (now >= deadline)
            return new TickPlan(null, missed, late);
        var next = due + ((missed + 1) * interval);
        return new TickPlan(next < deadline ? next : deadline, missed, late);
    }
}
