namespace OpsBot.Contracts;

/// <summary>A period of time, <paramref name="From"/> included, <paramref name="To"/> included.</summary>
public sealed record TimeWindow(DateTimeOffset From, DateTimeOffset To)
{
    public TimeSpan Length => To - From;

    public bool Contains(DateTimeOffset time) => time >= From && time <= To;
}
