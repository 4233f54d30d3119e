using System.Text.Json;
using OpsBot.Contracts;
using OpsBot.Contracts.Watches;
using OpsBot.Signals.Canary;
using OpsBot.Watches.Ticks;

namespace OpsBot.Watches.Canaries;

/// <summary>What a look at a canary comes to. Pure. The test says what the numbers say; here stands which of them count, and what becomes of the watch.</summary>
internal static class CanaryJudge
{
    public const string Worse = "canary-worse";
    public const string Held = "canary-held";
    public const string OneSided = "canary-one-sided";

    private const int MostBuckets = 100;

    public static WatchJudgement Judge(Watch watch, CanarySpec spec, CanaryState state, CanaryObservation? seen, DateTimeOffset now)
    {
        var counts = Counts(watch, spec, state, now);
        if (seen is not null)
            state = Take(spec, state, seen, now, counts);
        var notes = seen?.Note is { } note && seen.Saw ? new List<(string, string)> { ("canary-incomplete", note) } : [];
        var isOver = now >= watch.Deadline;
        var (judged, curves) = CanaryCurves.Replay(spec, state, isOver);
        var reading = watch.Reading with
        {
            Text = state.Times.Count == 0 && !isOver ? CanaryTexts.WarmUp(spec, watch) : CanaryTexts.Stands(judged),
            Times = [.. curves.Times],
            Values = curves.Values,
            Label = curves.Label,
            Others = curves.Others,
            Value = judged.Metrics.Select(metric => metric.Effect).FirstOrDefault(),
        };
        var problems = new List<WatchProblem>();
        var verdict = Verdict(judged, CanaryTexts.NeverAnswered(spec, state), now);
        if (judged.Blamed is { } blamed)
            problems.Add(new WatchProblem(Worse, CanaryTexts.Of(blamed), Facts: new Dictionary<string, string> { ["metric"] = blamed.Name }));
        else if (verdict is { Outcome: WatchOutcome.Unknown })
            problems.Add(new WatchProblem(Held, verdict.Text, "warning"));
        else if (verdict is null && state.OneSided >= watch.BlindAfter && seen is not null)
            problems.Add(new WatchProblem(OneSided, CanaryTexts.OneSided(seen.Canary.Saw, state.OneSided), "warning"));
        return new WatchJudgement(JsonSerializer.Serialize(state, OpsBotJson.Options), reading, problems, notes, verdict);
    }

    /// <summary>
    /// Whether what is seen now is an interval of its own in which there was something to compare: all of it behind the warm-up, at most half of it in the one that
    /// counted before (whoever is resumed looks at once), and next to none of it after a deploy was over, when the sides are taken down.
    /// </summary>
    private static bool Counts(Watch watch, CanarySpec spec, CanaryState state, DateTimeOffset now)
    {
        var since = state.Times.Count == 0 ? watch.Interval : now - DateTimeOffset.FromUnixTimeSeconds(state.Times[^1]);
        // a clock that was set back counts anew
        var isApart = since >= watch.Interval / 2 || since < -watch.Interval;
        return now - watch.Interval >= spec.CountsFrom && isApart && now - watch.Deadline <= watch.Interval / 4;
    }

    private static WatchVerdict? Verdict(CanaryJudgement judged, string besides, DateTimeOffset now) => judged.Call switch
    {
        CanaryCall.Promote => new WatchVerdict(WatchOutcome.Good, CanaryTexts.Verdict(judged) + besides, now),
        CanaryCall.RollBack => new WatchVerdict(WatchOutcome.Bad, CanaryTexts.Verdict(judged) + besides, now),
        CanaryCall.Hold => new WatchVerdict(WatchOutcome.Unknown, CanaryTexts.Verdict(judged) + besides, now),
        _ => null,
    };

    private static CanaryState Take(CanarySpec spec, CanaryState state, CanaryObservation seen, DateTimeOffset now, bool counts)
    {
        state = state with
        {
            OneSided = seen.Canary.Saw == seen.Baseline.Saw ? 0 : state.OneSided + 1,
            Answered = [.. state.Answered.Union(spec.Metrics.Where((_, i) => seen.Canary.Answered[i] || seen.Baseline.Answered[i]).Select(metric => metric.Name))],
        };
        for (var i = 0; i < spec.Metrics.Count; i++)
        {
            var name = spec.Metrics[i].Name;
            if (spec.Metrics[i].Form != CanaryForm.Buckets || state.Bounds.ContainsKey(name))
                continue;
            // What is slow is told by the baseline alone, and by what comes before the first interval that counts: chosen by what is compared it would favour one side.
            if (counts && Bound(state.Buckets.GetValueOrDefault(name), spec.Metrics[i].Quantile ?? 0.99) is { } bound)
                state = state with { Bounds = new Dictionary<string, string>(state.Bounds) { [name] = bound }, Buckets = state.Buckets.Where(pair => pair.Key != name).ToDictionary() };
            else if (seen.Baseline.Buckets[i] is { } more)
                state = state with { Buckets = new Dictionary<string, IReadOnlyDictionary<string, double>>(state.Buckets) { [name] = Sum(state.Buckets.GetValueOrDefault(name), more) } };
        }

        if (!counts || state.Times.Count >= CanaryTest.Most(spec.Metrics.Count))
            return state;
        return state.With(now, [.. spec.Metrics.Select((metric, i) => new CanarySample(Reading(state, metric, seen.Canary, i), Reading(state, metric, seen.Baseline, i)))]);
    }

    private static CanaryReading Reading(CanaryState state, CanaryMetricSpec metric, CanarySide side, int index)
    {
        if (metric.Form != CanaryForm.Buckets)
            return new CanaryReading(side.Values[index], side.Traffic);
        if (!state.Bounds.TryGetValue(metric.Name, out var bound))
            return default;
        var (slow, all) = CanaryKind.Slow(side.Buckets[index], bound);
        return new CanaryReading(slow, all);
    }

    private static Dictionary<string, double> Sum(IReadOnlyDictionary<string, double>? before, IReadOnlyDictionary<string, double> more)
    {
        var sum = new Dictionary<string, double>(before ?? new Dictionary<string, double>(), StringComparer.Ordinal);
        foreach (var (bound, count) in more.Where(pair => double.IsFinite(pair.Value) && pair.Value >= 0))
        {
            if (sum.ContainsKey(bound) || sum.Count < MostBuckets)
                sum[bound] = sum.GetValueOrDefault(bound) + count;
        }

        return sum;
    }

    /// <summary>The first bucket that holds as much of the baseline as the quantile says; the last but one where only the last does.</summary>
    private static string? Bound(IReadOnlyDictionary<string, double>? buckets, double quantile)
    {
        if (buckets is null)
            return null;
        var known = buckets.Select(pair => (pair.Key, Bound: CanaryKind.Bound(pair.Key) ?? double.NaN, pair.Value)).Where(bucket => !double.IsNaN(bucket.Bound)).OrderBy(bucket => bucket.Bound).ToList();
        if (known.Count < 2 || !(known[^1].Value > 0) || !double.IsPositiveInfinity(known[^1].Bound))
            return null;
        foreach (var bucket in known.SkipLast(1))
        {
            if (bucket.Value >= quantile * known[^1].Value)
                return bucket.Key;
        }

        return known[^2].Key;
    }
}
