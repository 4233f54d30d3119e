namespace OpsBot.Tests.Support;

/// <summary>The machine's clock, moved. Timers run as they do: real programs are waited for beside it.</summary>
public sealed class ShiftedClock : TimeProvider
{
    private TimeSpan _shift;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + _shift;

    public void Advance(TimeSpan by) => _shift += by;
}
