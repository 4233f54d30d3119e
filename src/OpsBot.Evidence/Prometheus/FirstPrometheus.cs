using OpsBot.Contracts.Ports;

namespace OpsBot.Evidence.Prometheus;

/// <summary>Reads numbers from the Prometheus servers that are configured: from the first, unless one is named.</summary>
internal sealed class FirstPrometheus(ConfiguredSources sources) : IMetricReader, IMetricSampler
{
    public IReadOnlyList<string> Sources => [.. sources.All.OfType<PrometheusSource>().Select(source => source.Name)];

    public Task<MetricReading> ReadAsync(string expression, CancellationToken cancellationToken) =>
        sources.All.OfType<PrometheusSource>().FirstOrDefault() is { } first
            ? first.ReadNumberAsync(expression, cancellationToken)
            : Task.FromResult(new MetricReading(null, "no Prometheus server is configured under evidence.prometheus"));

    public Task<MetricSample> SampleAsync(string? source, string expression, TimeSpan budget, CancellationToken cancellationToken) =>
        sources.All.OfType<PrometheusSource>().FirstOrDefault(one => source is null || IsCalled(one.Name, source)) is { } found
            ? found.SampleAsync(expression, budget, cancellationToken)
            : Task.FromResult(new MetricSample([], source is null
                ? "no Prometheus server is configured under evidence.prometheus"
                : $"there is no Prometheus server '{source}' under evidence.prometheus"));

    // its full name is 'prometheus main'
    private static bool IsCalled(string name, string wanted) => name == wanted || name.EndsWith($" {wanted}", StringComparison.Ordinal);
}
