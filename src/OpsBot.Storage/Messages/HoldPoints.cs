namespace OpsBot.Storage.Messages;

/// <summary>
/// Named places where a crash test can hold the process: OPSBOT_HOLD_AT=<c>point:n</c> stops at the n-th time the point is reached,
/// writes <c>held at point</c> to standard error and waits to be killed from outside. Without the variable nothing happens.
/// </summary>
public sealed class HoldPoints
{
    private readonly string? _point;
    private int _remaining;

    public HoldPoints(string? holdAt)
    {
        var parts = holdAt?.Split(':');
        _point = parts?[0];
        _remaining = parts is [_, var count] && int.TryParse(count, out var n) ? n : 1;
    }

    /// <summary>As the environment says.</summary>
    public static HoldPoints FromEnvironment() => new(Environment.GetEnvironmentVariable("OPSBOT_HOLD_AT"));

    public async ValueTask ReachAsync(string point, CancellationToken cancellationToken)
    {
        if (_point is null || _point != point || Interlocked.Decrement(ref _remaining) > 0)
        {
            return;
        }

        await Console.Error.WriteLineAsync($"held at {point}".AsMemory(), cancellationToken);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
    }
}
