using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace OpsBot.Contracts.Telemetry;

/// <summary>
/// What every project counts and traces with. Instruments stand beside what they measure, and are named as Prometheus shows them; without a listener
/// they cost next to nothing.
/// </summary>
public static class Instruments
{
    public const string Name = "OpsBot";

    /// <summary>Seconds, from a commit of a few milliseconds to a diagnosis of minutes.</summary>
    private static readonly double[] Seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

    private static readonly Meter Meter = new(Name);

    public static ActivitySource Spans { get; } = new(Name);

    /// <param name="name">Ends in <c>_total</c>.</param>
    /// <param name="help">One sentence for whoever reads <c>/metrics</c>.</param>
    public static Counter<long> Counter(string name, string help) => Meter.CreateCounter<long>(name, description: help);

    /// <param name="name">Ends in <c>_seconds</c>.</param>
    /// <param name="help">One sentence for whoever reads <c>/metrics</c>.</param>
    public static Histogram<double> Duration(string name, string help) =>
        Meter.CreateHistogram(name, "s", help, tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds });

    /// <summary>A label of a measurement: a word of ours or of the configuration, never what somebody sent.</summary>
    public static KeyValuePair<string, object?> Label(string name, string value) => new(name, value);
}
