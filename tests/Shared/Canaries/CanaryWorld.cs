using OpsBot.Signals.Canary;

namespace OpsBot.Canaries;

/// <summary>What traffic does from minute to minute, beyond the load that both sides share.</summary>
public enum Traffic
{
    /// <summary>Chance and nothing else.</summary>
    Poisson,

    /// <summary>Each side by itself is better or worse in each minute: errors are negative binomial, latencies scatter by a further 10 %.</summary>
    Overdispersed,

    /// <summary>The same, and what a side is in one minute half remains in the next (autoregressive, 0.5).</summary>
    Autocorrelated,
}

/// <summary>What is looked at.</summary>
public enum Looked
{
    /// <summary>1 % of requests fail.</summary>
    Errors,

    /// <summary>Requests slower than the baseline's P99.</summary>
    Slow,

    P50,
    P90,
    P99,

    /// <summary>Half of a processor.</summary>
    Saturation,
}

/// <summary>A service with a canary, minute by minute. Load moves by a fifth, slowly and for both sides; latencies are log-normal with a deviation of 0.5.</summary>
/// <param name="PerMinute">Requests to both sides together.</param>
/// <param name="Split">Share of them that the canary gets.</param>
/// <param name="Worse">What the canary has more of, relatively: 0 for an A/A canary, 0.1 for latencies that are 10 % longer (or errors that are 10 % more).</param>
public sealed record CanaryWorld(Looked Looked, Traffic Traffic, double PerMinute, double Split, double Worse)
{
    public const int Minutes = 60;

    private const double Sigma = 0.5, Slowest = 2.326;

    public CanaryMetric Metric => Looked switch
    {
        Looked.Errors or Looked.Slow => new CanaryMetric(Looked.ToString(), CanaryMetricKind.Share, 0.25),
        Looked.Saturation => new CanaryMetric(Looked.ToString(), CanaryMetricKind.Gauge, 0.05),
        _ => new CanaryMetric(Looked.ToString(), CanaryMetricKind.Quantile, 0.05, Quantile: Quantile),
    };

    private double Quantile => Looked switch { Looked.P50 => 0.5, Looked.P90 => 0.9, _ => 0.99 };

    /// <summary>One canary, from its first minute to its last.</summary>
    internal IReadOnlyList<CanarySample> Run(int seed)
    {
        var draws = new Draws(seed);
        var samples = new List<CanarySample>(Minutes);
        var (load, canary, baseline) = (draws.Normal(), draws.Normal(), draws.Normal());
        for (var minute = 0; minute < Minutes; minute++)
        {
            load = (0.8 * load) + (0.6 * draws.Normal());
            canary = Next(draws, canary);
            baseline = Next(draws, baseline);
            var requests = PerMinute * Math.Exp(0.2 * load);
            samples.Add(new CanarySample(Side(draws, requests * Split, load, canary, Worse), Side(draws, requests * (1 - Split), load, baseline, 0)));
        }

        return samples;
    }

    private double Next(Draws draws, double side) => Traffic == Traffic.Autocorrelated ? (0.5 * side) + (Math.Sqrt(0.75) * draws.Normal()) : draws.Normal();

    private CanaryReading Side(Draws draws, double expected, double load, double side, double worse)
    {
        var requests = Math.Max(1, draws.Poisson(expected));
        var noise = Traffic == Traffic.Poisson ? 0 : side;
        return Looked switch
        {
            Looked.Errors => new CanaryReading(Math.Min(requests, draws.Poisson(requests * 0.01 * (1 + worse) * Math.Exp(0.3 * load) * (Traffic switch
            {
                Traffic.Poisson => 1,
                Traffic.Overdispersed => draws.Gamma(3) / 3,
                _ => Math.Exp((0.4 * noise) - 0.08),
            }))), requests),
            Looked.Slow => new CanaryReading(
                Math.Min(requests, draws.Poisson(requests * Draws.NormalAbove(Slowest - ((Math.Log(1 + worse) + (0.1 * load) + (0.1 * noise)) / Sigma)))), requests),
            Looked.Saturation => new CanaryReading(0.5 * (1 + worse) * Math.Exp(0.1 * load) * (1 + (0.1 * (Traffic == Traffic.Poisson ? 0.5 * side : side))), requests),
            _ => new CanaryReading(0.2 * (1 + worse) * Math.Exp((Sigma * draws.SampleQuantile(Quantile, requests)) + (0.1 * load) + (0.1 * noise)), requests),
        };
    }
}
