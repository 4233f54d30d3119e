using System.ComponentModel.DataAnnotations;
using OpsBot.Signals.Canary;

namespace OpsBot.Watches.Canaries;

// watches:
//   - name: checkout canary
//     service: checkout
//     canary:
//       canary: 'service="checkout",version="{version}"'
//       baseline: 'service="checkout",version!="{version}"'
//       traffic: 'sum(increase(http_requests_total{{selector}}[{window}]))'
//       metrics:
//         - { name: errors, errors: 'sum(increase(http_requests_total{{selector},code=~"5.."}[{window}]))', tolerated: 0.25 }
//         - { name: slow, buckets: 'sum by (le) (increase(http_request_duration_seconds_bucket{{selector}}[{window}]))', quantile: 0.99, tolerated: 0.5 }
//         - { name: cpu, value: 'avg(rate(process_cpu_seconds_total{{selector}}[{window}]))', tolerated: 0.2 }
//     for: 1h
//     start: { deploy: { services: [checkout], environments: [prod] } }

/// <summary>
/// A canary as it is declared. In what it asks <c>{selector}</c> stands for the labels of a side and <c>{window}</c> for the interval; <c>{service}</c>,
/// <c>{version}</c> and the other words of <see cref="CanaryWords"/> are those of the deploy.
/// </summary>
public sealed class CanaryOptions
{
    /// <summary>Name of the Prometheus server under evidence.prometheus. Default: the first.</summary>
    [MaxLength(100)]
    public string? Source { get; set; }

    /// <summary>Labels of the canary, as they stand between the braces of PromQL.</summary>
    [Required, MaxLength(1000)]
    public string Canary { get; set; } = "";

    /// <summary>Labels of the baseline.</summary>
    [Required, MaxLength(1000)]
    public string Baseline { get; set; } = "";

    /// <summary>PromQL for the requests of a side in one interval.</summary>
    [Required, MaxLength(1000)]
    public string Traffic { get; set; } = "";

    /// <summary>What is compared, 1 to 8.</summary>
    public List<CanaryMetricOptions> Metrics { get; set; } = [];

    /// <summary>Chance to call a canary worse that is not, all metrics and all looks together; and to promote one that is worse than tolerated. Default 0.05.</summary>
    [Range(0.000001, 0.5)]
    public double Alpha { get; set; } = 0.05;

    /// <summary>What is left out at the beginning: caches fill, code is compiled. Default 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan WarmUp { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>No verdict before so many intervals. Default 5.</summary>
    [Range(3, 500)]
    public int LeastIntervals { get; set; } = 5;

    /// <summary>Nothing is promoted on fewer requests on either side. Default 100.</summary>
    [Range(0d, 1e12)]
    public double LeastTraffic { get; set; } = 100;
}

/// <summary>One metric: exactly one of <see cref="Errors"/>, <see cref="Buckets"/> and <see cref="Value"/>.</summary>
public sealed class CanaryMetricOptions
{
    [Required, MaxLength(60)]
    public string Name { get; set; } = "";

    /// <summary>PromQL for how many of the requests of an interval were bad; compared as a share of the traffic.</summary>
    [MaxLength(1000)]
    public string? Errors { get; set; }

    /// <summary>PromQL for the buckets of a histogram by <c>le</c> in an interval: the requests slower than the baseline's <see cref="Quantile"/> during the warm-up are compared.</summary>
    [MaxLength(1000)]
    public string? Buckets { get; set; }

    /// <summary>PromQL for one value: a latency quantile where <see cref="Quantile"/> says which, a level such as saturation otherwise.</summary>
    [MaxLength(1000)]
    public string? Value { get; set; }

    /// <summary>0 to 1. Default of buckets 0.99.</summary>
    [Range(0.01, 0.9999)]
    public double? Quantile { get; set; }

    public CanaryWorse Worse { get; set; } = CanaryWorse.Higher;

    /// <summary>The smallest relative change for the worse that matters. Default 0.1, ten per cent; of errors and buckets 0.5, half as many again.</summary>
    [Range(0.001, 100d)]
    public double? Tolerated { get; set; }

    /// <summary>Of errors and buckets: a share below which the canary is good enough whatever the baseline has, default 0.001. Of a value: what changes are measured by where the baseline is smaller, default 0.</summary>
    [Range(0d, 1e12)]
    public double? IgnoreBelow { get; set; }

    internal bool IsShare => Errors is not null || Buckets is not null;

    internal CanaryMetricSpec ToSpec(Func<string, string> fill) => new(
        Name, Errors is not null ? CanaryForm.Errors : Buckets is not null ? CanaryForm.Buckets : CanaryForm.Value, fill(Errors ?? Buckets ?? Value ?? ""),
        Tolerated ?? (IsShare ? 0.5 : 0.1), Worse, IgnoreBelow ?? (IsShare && Worse == CanaryWorse.Higher ? 0.001 : 0), Buckets is null ? Quantile : Quantile ?? 0.99);
}
