namespace OpsBot.Contracts.Ports;

/// <summary>Reads one number from where metrics are kept.</summary>
public interface IMetricReader
{
    /// <param name="expression">In the server's own language (PromQL); must come to one number.</param>
    Task<MetricReading> ReadAsync(string expression, CancellationToken cancellationToken);
}

/// <summary>A number, or why there is none.</summary>
public sealed record MetricReading(double? Value, string? Problem);
