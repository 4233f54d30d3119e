using OpsBot.Contracts.Diagnoses;
using OpsBot.Evidence;
using OpsBot.Signals.Series;

namespace OpsBot.Diagnosis.Triage;

/// <summary>A metric on which the new instances of a change are worse than the instances that kept the old version.</summary>
internal sealed record CanaryGap(MetricSeries Series, double Old, double New, double Score, string Statement, long FromMs);

/// <summary>Compares the new instances of a change with those of the same service that did not change, over the same time.</summary>
internal static class CanaryContrast
{
    /// <summary>The first samples of an instance are its start: caches are cold and code is compiled.</summary>
    private const int WarmUp = 1;

    private const double SmallestRelativeSigma = 0.05;

    /// <summary>Samples that the others took since the change: fewer, and the new one is merely not up yet.</summary>
    private const int FewestMissed = 4;

    private const double SilenceScore = 1.8;
    private const double LeastWidth = 0.3;

    /// <summary>The gaps of every change, each weighed against the widest gap of its kind: the one that is far off stands out among canaries that merely warm up.</summary>
    public static IReadOnlyDictionary<ChangeCandidate, IReadOnlyList<CanaryGap>> FindAll(IReadOnlyList<ChangeCandidate> changes, IReadOnlyList<MetricSeries> metrics)
    {
        var all = changes.ToDictionary(change => change, change => Find(change.Record, metrics));
        var widest = all.Values.SelectMany(gaps => gaps)
            .Where(gap => !double.IsNaN(gap.New))
            .GroupBy(gap => MetricMeaning.Of(gap.Series.Metric).Kind)
            .ToDictionary(group => group.Key, group => group.Max(gap => Math.Abs(gap.New - gap.Old)));
        return all.ToDictionary(
            entry => entry.Key,
            entry => (IReadOnlyList<CanaryGap>)[.. entry.Value.Select(gap => gap with { Score = gap.Score * Width(gap, widest) }).OrderByDescending(gap => gap.Score)]);
    }

    private static double Width(CanaryGap gap, Dictionary<CauseKind, double> widest) =>
        double.IsNaN(gap.New) ? 1 : LeastWidth + ((1 - LeastWidth) * Math.Sqrt(Math.Abs(gap.New - gap.Old) / Math.Max(double.Epsilon, widest[MetricMeaning.Of(gap.Series.Metric).Kind])));

    /// <summary>Gaps, clearest first; empty where the change names no instances or nothing is known of them.</summary>
    public static IReadOnlyList<CanaryGap> Find(ChangeRecord change, IReadOnlyList<MetricSeries> metrics)
    {
        if (change.NewInstances.Count == 0)
        {
            return [];
        }

        var silent = Silent(change, metrics);
        if (silent is not null)
        {
            return [silent];
        }

        var fresh = change.NewInstances.ToHashSet(StringComparer.Ordinal);
        var mine = metrics.Where(series => series.Instance is not null && string.Equals(series.Service, change.Service, StringComparison.Ordinal)).ToLookup(series => fresh.Contains(series.Instance!));
        return
        [
            .. mine[true]
                .Select(series => Compare(change, series, [.. mine[false].Where(old => string.Equals(old.Metric, series.Metric, StringComparison.Ordinal))]))
                .OfType<CanaryGap>()
                .OrderByDescending(gap => gap.Score)
                .ThenBy(gap => gap.Series.Metric, StringComparer.Ordinal),
        ];
    }

    /// <summary>New instances that never report while the others of their service do: they did not start, or nobody reaches them.</summary>
    private static CanaryGap? Silent(ChangeRecord change, IReadOnlyList<MetricSeries> metrics)
    {
        var since = change.Time.ToUnixTimeMilliseconds();
        var fresh = change.NewInstances.ToHashSet(StringComparer.Ordinal);
        var mine = metrics.Where(series => series.Instance is not null && string.Equals(series.Service, change.Service, StringComparison.Ordinal)).ToList();
        if (mine.Any(series => fresh.Contains(series.Instance!) && Samples(series, since).Any()))
        {
            return null;
        }

        var others = mine.Where(series => !change.OldInstances.Contains(series.Instance) && Samples(series, since).Count() >= FewestMissed).ToList();
        return others.Count == 0
            ? null
            : new CanaryGap(
                others[0], double.NaN, double.NaN, SilenceScore,
                $"no new instance ({string.Join(", ", change.NewInstances.Take(3))}) has reported anything, while {others[0].Instance} of the same service has", since);
    }

    private static CanaryGap? Compare(ChangeRecord change, MetricSeries fresh, IReadOnlyList<MetricSeries> old)
    {
        var meaning = MetricMeaning.Of(fresh.Metric);
        var samples = Samples(fresh, long.MinValue).ToList();
        samples = samples.Count > WarmUp + 1 ? samples[WarmUp..] : samples;
        if (samples.Count == 0 || meaning.Role == MetricRole.Traffic || meaning.OfNode)
        {
            return null;
        }

        var from = samples[0].Time;
        var replaced = change.Time.ToUnixTimeMilliseconds();
        // what an instance reports after it was replaced is not the old version's doing
        var kept = old.Select(series => Samples(series, long.MinValue).Where(sample => sample.Time < replaced || !change.OldInstances.Contains(series.Instance))).ToList();
        var all = kept.SelectMany(samples => samples).Select(sample => sample.Value).ToList();
        var same = kept.SelectMany(samples => samples).Where(sample => sample.Time >= from).Select(sample => sample.Value).ToList();
        if (all.Count < 3)
        {
            return null;
        }

        same = same.Count == 0 ? all : same;

        var now = RobustStatistics.Median(samples.Select(sample => sample.Value));
        var (centre, sigma) = RobustStatistics.Spread(all);
        var reference = RobustStatistics.Median(same);
        sigma = Math.Max(sigma, SmallestRelativeSigma * Math.Max(Math.Abs(reference), Math.Abs(centre)));
        if (sigma <= 0 || !meaning.IsBad(reference, now))
        {
            return null;
        }

        var weight = meaning.Role == MetricRole.Symptom ? 1 : 0.7;
        var score = weight * Math.Log(1 + (Math.Abs(now - reference) / sigma)) * samples.Count / (samples.Count + 1);
        var text = $"{fresh.Metric} of the new instance {fresh.Instance} is {Wording.Number(now)} where instances of the old version have {Wording.Number(reference)}";
        return new CanaryGap(fresh, reference, now, score, text, from);
    }

    private static IEnumerable<(long Time, double Value)> Samples(MetricSeries series, long fromMs)
    {
        for (var i = 0; i < series.Times.Length; i++)
        {
            if (series.Times[i] >= fromMs && !double.IsNaN(series.Values[i]))
            {
                yield return (series.Times[i], series.Values[i]);
            }
        }
    }
}
