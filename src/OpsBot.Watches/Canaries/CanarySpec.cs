using OpsBot.Signals.Canary;

namespace OpsBot.Watches.Canaries;

/// <summary>What a metric's query gives.</summary>
internal enum CanaryForm
{
    Errors,
    Buckets,
    Value,
}

/// <param name="Expr">PromQL with <c>{selector}</c> in it.</param>
internal sealed record CanaryMetricSpec(
    string Name, CanaryForm Form, string Expr, double Tolerated, CanaryWorse Worse, double IgnoreBelow, double? Quantile)
{
    public CanaryMetric Metric => new(
        Name, Form != CanaryForm.Value ? CanaryMetricKind.Share : Quantile is null ? CanaryMetricKind.Gauge : CanaryMetricKind.Quantile, Tolerated, Worse, IgnoreBelow, Quantile);
}

/// <summary>A canary as it is kept with its watch: what was declared when it began counts until its end.</summary>
/// <param name="Canary">Labels of the canary.</param>
/// <param name="CountsFrom">Intervals that begin before are warm-up.</param>
/// <param name="Words">What is known of the deploy.</param>
internal sealed record CanarySpec(
    string? Source, string Canary, string Baseline, string Traffic, IReadOnlyList<CanaryMetricSpec> Metrics, double Alpha, int LeastIntervals, double LeastTraffic,
    DateTimeOffset CountsFrom, IReadOnlyDictionary<string, string> Words)
{
    public CanaryPlan Plan => new([.. Metrics.Select(metric => metric.Metric)], Alpha, LeastIntervals, LeastTraffic);
}

/// <summary>What is remembered of a canary from look to look: the intervals that counted. The judgement is made anew of them.</summary>
/// <param name="Times">Ends of the intervals, Unix seconds.</param>
/// <param name="Samples">One list a metric, four numbers an interval: value and traffic of the canary, value and traffic of the baseline.</param>
/// <param name="Buckets">Of metrics by buckets, what the baseline had in each so far; the warm-up's.</param>
/// <param name="Bounds">Of metrics by buckets, the bucket beyond which a request is slow; chosen once.</param>
/// <param name="OneSided">Looks in a row that saw one side and not the other.</param>
internal sealed record CanaryState(
    IReadOnlyList<long> Times, IReadOnlyList<IReadOnlyList<double?>> Samples, IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> Buckets,
    IReadOnlyDictionary<string, string> Bounds, int OneSided)
{
    /// <summary>Metrics for which a series answered at least once.</summary>
    public IReadOnlyList<string> Answered { get; init; } = [];

    public static CanaryState Begin(int metrics) => new(
        [], [.. Enumerable.Repeat<IReadOnlyList<double?>>([], metrics)], new Dictionary<string, IReadOnlyDictionary<string, double>>(), new Dictionary<string, string>(), 0);

    public CanaryState With(DateTimeOffset at, IReadOnlyList<CanarySample> samples) => this with
    {
        Times = [.. Times, at.ToUnixTimeSeconds()],
        Samples = [.. Samples.Select((before, metric) => (IReadOnlyList<double?>)
            [.. before, Short(samples[metric].Canary.Value), Short(samples[metric].Canary.Traffic), Short(samples[metric].Baseline.Value), Short(samples[metric].Baseline.Traffic)])],
    };

    public IReadOnlyList<CanarySample> At(int interval) => [.. Samples.Select(metric => new CanarySample(
        new CanaryReading(metric[4 * interval], metric[(4 * interval) + 1]), new CanaryReading(metric[(4 * interval) + 2], metric[(4 * interval) + 3])))];

    /// <summary>Seven digits: the state is written with every look.</summary>
    private static double? Short(double? number) => number is { } known && double.IsFinite(known)
        ? double.Parse(known.ToString("G7", System.Globalization.CultureInfo.InvariantCulture), System.Globalization.CultureInfo.InvariantCulture)
        : null;
}
