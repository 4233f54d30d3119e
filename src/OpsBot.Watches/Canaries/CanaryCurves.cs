using OpsBot.Contracts.Watches;
using OpsBot.Signals.Canary;
using OpsBot.Watches.Ticks;

namespace OpsBot.Watches.Canaries;

/// <summary>What is drawn of a canary: for each metric how its effect stood after each interval, in per cent; the metric that speaks loudest comes first.</summary>
internal sealed record CanaryCurves(IReadOnlyList<long> Times, IReadOnlyList<double?> Values, string? Label, IReadOnlyList<WatchCurve> Others)
{
    private const int Shown = 4;

    /// <summary>Judges all intervals that counted, in their order.</summary>
    public static (CanaryJudgement Judgement, CanaryCurves Curves) Replay(CanarySpec spec, CanaryState state, bool isOver)
    {
        var test = new CanaryTest(spec.Plan);
        // Every so many, so that what is kept and drawn stays small; the last one always.
        var every = (state.Times.Count / WatchLimits.Points) + 1;
        var (times, effects) = (new List<long>(), new List<IReadOnlyList<double?>>());
        for (var i = 0; i < state.Times.Count; i++)
        {
            test.Add(state.At(i));
            if ((state.Times.Count - 1 - i) % every != 0 || (times.Count > 0 && state.Times[i] * 1000 <= times[^1]))
                continue;
            times.Add(state.Times[i] * 1000);
            effects.Add([.. test.Effects().Select(effect => effect is { } known ? Math.Round(100 * known, 2) : (double?)null)]);
        }

        var judgement = test.Judge(isOver);
        var order = Enumerable.Range(0, spec.Metrics.Count).OrderByDescending(i => judgement.Metrics[i].Evidence).ThenByDescending(i => judgement.Metrics[i].Intervals).ToList();
        var curves = order.Take(Shown).Select(i => new WatchCurve($"{spec.Metrics[i].Name}: canary against baseline, per cent", [.. effects.Select(all => all[i])])).ToList();
        return (judgement, new CanaryCurves(times, curves[0].Values, curves[0].Label, [.. curves.Skip(1)]));
    }
}
