using System.Globalization;
using System.Text.Json;
using OpsBot.Contracts;
using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Watches;
using OpsBot.Watches.Ticks;

namespace OpsBot.Watches.Canaries;

/// <summary>Watches a canary beside its baseline.</summary>
internal sealed class CanaryKind(IMetricSampler metrics) : IWatchKind
{
    public const string Name = "canary";

    private const string Everything = "+Inf";

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    public string Kind => Name;

    public string Lane(Watch watch) => $"query/{Read(watch).Source}";

    public async Task<WatchObservation> ObserveAsync(Watch watch, CancellationToken cancellationToken)
    {
        var spec = Read(watch);
        var budget = watch.Interval < Longest ? watch.Interval : Longest;
        var sides = await Task.WhenAll(new[] { spec.Canary, spec.Baseline }.Select(selector => SideAsync(spec, selector, budget, cancellationToken)));
        var (canary, baseline) = (sides[0], sides[1]);
        var saw = canary.Saw || baseline.Saw;
        var problem = canary.Problem ?? baseline.Problem;
        return new CanaryObservation(saw, saw ? problem : problem ?? "no series answers to the queries", canary, baseline);
    }

    public WatchJudgement Judge(Watch watch, WatchObservation observation, DateTimeOffset now)
    {
        var spec = Read(watch);
        var state = watch.State is { } kept ? JsonSerializer.Deserialize<CanaryState>(kept, OpsBotJson.Options)! : CanaryState.Begin(spec.Metrics.Count);
        return CanaryJudge.Judge(watch, spec, state, observation as CanaryObservation, now);
    }

    internal static CanarySpec Read(Watch watch) => JsonSerializer.Deserialize<CanarySpec>(watch.Spec, OpsBotJson.Options)!;

    /// <summary>All of a side at once: both are to be read as near to each other as can be; the server's limit puts them in turn.</summary>
    private async Task<CanarySide> SideAsync(CanarySpec spec, string selector, TimeSpan budget, CancellationToken cancellationToken)
    {
        var asked = new[] { spec.Traffic }.Concat(spec.Metrics.Select(metric => metric.Expr))
            .Select(expr => metrics.SampleAsync(spec.Source, expr.Replace("{selector}", selector, StringComparison.Ordinal), budget, cancellationToken));
        var samples = await Task.WhenAll(asked);
        var problem = samples.Select(sample => sample.Problem).FirstOrDefault(said => said is not null);
        var traffic = One(samples[0], "traffic", ref problem);
        var values = new List<double?>();
        var buckets = new List<IReadOnlyDictionary<string, double>?>();
        for (var i = 0; i < spec.Metrics.Count; i++)
        {
            var isHistogram = spec.Metrics[i].Form == CanaryForm.Buckets;
            values.Add(isHistogram ? null : One(samples[i + 1], spec.Metrics[i].Name, ref problem) ?? None(spec.Metrics[i], samples[i + 1], traffic));
            buckets.Add(isHistogram ? Histogram(samples[i + 1], spec.Metrics[i].Name, ref problem) : null);
        }

        return new CanarySide(traffic, values, buckets, problem) { Answered = [.. samples.Skip(1).Select(sample => sample.Values.Count > 0)] };
    }

    /// <summary>A server has no series of errors before there is one; where there is traffic and the server answered, that is none.</summary>
    private static double? None(CanaryMetricSpec metric, MetricSample sample, double? traffic) =>
        metric.Form == CanaryForm.Errors && sample is { Problem: null, Values.Count: 0 } && traffic is > 0 ? 0 : null;

    private static double? One(MetricSample sample, string name, ref string? problem)
    {
        if (sample.Values.Count > 1)
            problem ??= $"{name} answers with {sample.Values.Count} series; aggregate them to one, by sum() or avg()";
        return sample.Values is [var only] ? only.Value : null;
    }

    private static Dictionary<string, double>? Histogram(MetricSample sample, string name, ref string? problem)
    {
        var buckets = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var value in sample.Values)
        {
            if (!value.Labels.StartsWith("le=", StringComparison.Ordinal) || Bound(value.Labels[3..]) is null || !buckets.TryAdd(value.Labels[3..], value.Value))
            {
                problem ??= $"{name} answers with series that are no buckets; aggregate them with sum by (le) (…)";
                return null;
            }
        }

        return buckets.ContainsKey(Everything) ? buckets : null;
    }

    /// <summary>The upper bound of a bucket; null where it is none.</summary>
    internal static double? Bound(string le) => le == Everything ? double.PositiveInfinity
        : double.TryParse(le, NumberStyles.Float, CultureInfo.InvariantCulture, out var bound) && double.IsFinite(bound) ? bound : null;

    /// <summary>How many requests of an interval were slower than a bound, and how many there were.</summary>
    internal static (double? Slow, double? All) Slow(IReadOnlyDictionary<string, double>? buckets, string bound) =>
        buckets is not null && buckets.TryGetValue(Everything, out var all) && buckets.TryGetValue(bound, out var fast) ? (all - fast, all) : (null, null);
}

/// <summary>One side as it was read.</summary>
/// <param name="Values">One for each metric; null where it is by buckets, or missing.</param>
/// <param name="Buckets">One for each metric; null where it is not by buckets, or missing.</param>
internal sealed record CanarySide(double? Traffic, IReadOnlyList<double?> Values, IReadOnlyList<IReadOnlyDictionary<string, double>?> Buckets, string? Problem)
{
    /// <summary>For each metric, whether any series answered to its query.</summary>
    public IReadOnlyList<bool> Answered { get; init; } = [];

    public bool Saw => Traffic is > 0 || Values.Any(value => value is not null) || Buckets.Any(bucket => bucket is { Count: > 0 });
}

internal sealed record CanaryObservation(bool Saw, string? Note, CanarySide Canary, CanarySide Baseline) : WatchObservation(Saw, Note, null);
