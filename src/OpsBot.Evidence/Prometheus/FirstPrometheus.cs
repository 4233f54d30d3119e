using OpsBot.Contracts.Ports;

namespace OpsBot.Evidence.Prometheus;

/// <summary>Reads numbers from the first Prometheus server that is configured.</summary>
internal sealed class FirstPrometheus(ConfiguredSources sources) : IMetricReader
{
    public Task<MetricReading> ReadAsync(string expression, CancellationToken cancellationToken) =>
        sources.All.OfType<PrometheusSource>().FirstOrDefault() is { } first
            ? first.ReadNumberAsync(expression, cancellationToken)
            : Task.FromResult(new MetricReading(null, "no Prometheus server is configured under evidence.prometheus"));
}
