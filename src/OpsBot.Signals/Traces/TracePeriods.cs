using OpsBot.Contracts;

namespace OpsBot.Signals.Traces;

/// <summary>Which spans count as before the fault and which as during it.</summary>
/// <param name="Baseline">A period known to be healthy, where one is known.</param>
/// <param name="FromMs">Begin of the window.</param>
/// <param name="OnsetMs">When the fault began.</param>
/// <param name="ToMs">End of what counts as during.</param>
public sealed record TracePeriods(TimeWindow? Baseline, long FromMs, long OnsetMs, long ToMs)
{
    /// <summary>−1 outside, 0 before, 1 during.</summary>
    public int Of(long timeMs)
    {
        if (timeMs >= OnsetMs && timeMs <= ToMs)
        {
            return 1;
        }

        var before = timeMs < OnsetMs
            && (timeMs >= FromMs || (Baseline is { } b && timeMs >= b.From.ToUnixTimeMilliseconds() && timeMs <= b.To.ToUnixTimeMilliseconds()));
        return before ? 0 : -1;
    }
}
