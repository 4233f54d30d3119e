using System.Runtime.InteropServices;

namespace OpsBot.Signals.Canary;

/// <summary>How a metric's numbers come to be, and so how they are compared.</summary>
public enum CanaryMetricKind
{
    /// <summary>Counts: so many of all requests failed, or were slow. Compared by the ratio of the shares.</summary>
    Share,

    /// <summary>A latency quantile, or whatever else is positive and scatters by factors. Compared by the ratio.</summary>
    Quantile,

    /// <summary>A level such as saturation; may be zero or negative. Compared by the difference in units of the baseline's mean.</summary>
    Gauge,
}

/// <summary>Which way is worse.</summary>
public enum CanaryWorse
{
    Higher,
    Lower,
}

/// <summary>One thing that canary and baseline are compared by.</summary>
/// <param name="Tolerated">The smallest relative change for the worse that matters: 0.1 for ten per cent; more than 0, and less than 1 where lower is worse.</param>
/// <param name="IgnoreBelow">
/// Of a share: below this share the canary is good enough, whatever the baseline has. Of a gauge: what changes are measured by where the baseline is smaller.
/// 0 for nothing of the sort.
/// </param>
/// <param name="Quantile">Of a quantile, which one, 0 to 1: it tells how much traffic an interval needs. Null where it is not known.</param>
public sealed record CanaryMetric(
    string Name, CanaryMetricKind Kind, double Tolerated, CanaryWorse Worse = CanaryWorse.Higher, double IgnoreBelow = 0, double? Quantile = null)
{
    /// <summary>The tolerated change as the evidence counts it: towards worse, a logarithm where ratios are compared.</summary>
    internal double Margin => Kind == CanaryMetricKind.Gauge ? Tolerated : Worse == CanaryWorse.Higher ? Math.Log(1 + Tolerated) : -Math.Log(1 - Tolerated);

    /// <summary>An effect as the evidence counts it, as the relative change of the canary against the baseline.</summary>
    internal double Relative(double effect)
    {
        var signed = Worse == CanaryWorse.Higher ? effect : -effect;
        return Kind == CanaryMetricKind.Gauge ? signed : Math.Exp(signed) - 1;
    }
}

/// <summary>How a canary is judged.</summary>
/// <param name="Alpha">
/// The chance, over all metrics and all looks together, to roll back a canary that is no worse; and the chance to promote one that is worse than tolerated.
/// </param>
/// <param name="LeastIntervals">No verdict before so many intervals of a metric counted; at least 3.</param>
/// <param name="LeastTraffic">Nothing is promoted on fewer requests than these on either side, all intervals together.</param>
public sealed record CanaryPlan(IReadOnlyList<CanaryMetric> Metrics, double Alpha = 0.05, int LeastIntervals = 5, double LeastTraffic = 100);

/// <summary>What one side showed of one metric in one interval.</summary>
/// <param name="Value">Of a share the count of what is bad, otherwise the value; null where it is missing.</param>
/// <param name="Traffic">Requests in that interval; null where it is missing.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct CanaryReading(double? Value, double? Traffic);

/// <summary>What one interval showed of one metric.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct CanarySample(CanaryReading Canary, CanaryReading Baseline);
