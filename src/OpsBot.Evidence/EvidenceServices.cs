using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OpsBot.Contracts.Ports;
using OpsBot.Evidence.Changes;
using OpsBot.Evidence.Contracts;
using OpsBot.Evidence.Prometheus;
using OpsBot.Evidence.Training;
using OpsBot.Evidence.Training.Mlflow;
using OpsBot.Runtime.Processes;
using OpsBot.Runtime.Redaction;
using OpsBot.Runtime.Secrets;

namespace OpsBot.Evidence;

public static class EvidenceServices
{
    /// <summary>
    /// The sources that <see cref="EvidenceOptions"/> names, and the changes that OpsBot was told of where an <see cref="IChangeHistory"/> is registered.
    /// Wants <c>AddRuntime</c>.
    /// </summary>
    public static IServiceCollection AddEvidence(this IServiceCollection services)
    {
        services.AddOptions<EvidenceOptions>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<EvidenceOptions>, EvidenceOptionsValidator>());
        services.AddHttpClient(PrometheusSource.HttpClientName, static client => client.Timeout = Timeout.InfiniteTimeSpan)
            // four lines for each question would be most of the log, and most of what a look of a watch costs
            .RemoveAllLoggers()
            .ConfigurePrimaryHttpMessageHandler(static () => new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), ConnectTimeout = TimeSpan.FromSeconds(5) });
        services.AddHttpClient(MlflowCurve.HttpClientName, static client => client.Timeout = Timeout.InfiniteTimeSpan)
            // four lines for each question would be most of the log, and most of what a look of a watch costs
            .RemoveAllLoggers()
            .ConfigurePrimaryHttpMessageHandler(static () => new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), ConnectTimeout = TimeSpan.FromSeconds(5) });
        services.AddContractFetcher();
        services.TryAddSingleton(static s => new CurveSources(
            s.GetRequiredService<ConfiguredSources>(), s.GetRequiredService<IHttpClientFactory>(), s.GetRequiredService<ISecretReader>(),
            s.GetRequiredService<KnownSecrets>(), s.GetRequiredService<IRedactor>(), s.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(static s => new ConfiguredSources(
            s.GetRequiredService<IOptions<EvidenceOptions>>(), s.GetRequiredService<IProcessRunner>(), s.GetRequiredService<IHttpClientFactory>(),
            s.GetRequiredService<ISecretReader>(), s.GetRequiredService<KnownSecrets>(), s.GetRequiredService<IRedactor>(), s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IEvidenceSource>(static s => s.GetRequiredService<ConfiguredSources>());
        services.TryAddSingleton<IMetricReader, FirstPrometheus>();
        services.TryAddSingleton<IMetricSampler, FirstPrometheus>();
        services.AddSingleton<IEvidenceSource>(static s => s.GetService<IChangeHistory>() is { } history
            ? new ChangeHistorySource(history, s.GetRequiredService<IRedactor>(), s.GetRequiredService<TimeProvider>())
            : new ConfiguredSources([], s.GetRequiredService<TimeProvider>()));
        return services;
    }

    private sealed class EvidenceOptionsValidator : IValidateOptions<EvidenceOptions>
    {
        public ValidateOptionsResult Validate(string? name, EvidenceOptions options) =>
            options.Validate() is { Count: > 0 } wrong ? ValidateOptionsResult.Fail(wrong) : ValidateOptionsResult.Success;
    }
}
