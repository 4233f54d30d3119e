namespace OpsBot.Contracts.Ports;

/// <summary>Reads what a metric expression comes to at this moment, in turn with all others who ask the same server.</summary>
public interface IMetricSampler
{
    /// <param name="source">Name of the server in the configuration; null for the first.</param>
    /// <param name="expression">In the server's own language (PromQL).</param>
    /// <param name="budget">Longest that it may take, waiting for a turn included.</param>
    Task<MetricSample> SampleAsync(string? source, string expression, TimeSpan budget, CancellationToken cancellationToken);

    /// <summary>The servers that there are, by name.</summary>
    IReadOnlyList<string> Sources { get; }
}

/// <summary>One value of a sample.</summary>
/// <param name="Labels">In one line, redacted; empty where the series has none.</param>
public sealed record MetricValue(string Labels, double Value);

/// <summary>What was read.</summary>
/// <param name="Values">At most a hundred; what is no finite number is left out. Empty with no problem: the server answered, and there is nothing.</param>
/// <param name="Problem">Why nothing is known; null where the server answered.</param>
public sealed record MetricSample(IReadOnlyList<MetricValue> Values, string? Problem);
