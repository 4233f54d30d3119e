namespace OpsBot.Host.Telemetry;

internal static class TelemetryServices
{
    /// <summary>Metrics and traces of a host that serves. Registered before all that works, so that it starts first and is stopped last.</summary>
    public static IServiceCollection AddTelemetry(this IServiceCollection services)
    {
        services.AddSingleton<MetricListener>();
        services.AddSingleton<IScrapeSource, ProcessGauges>();
        services.AddSingleton<IScrapeSource, DependencyGauges>();
        services.AddSingleton<IScrapeSource, StoreGauges>();
        services.AddSingleton<MetricsPage>();
        services.AddSingleton<Tracing>();
        services.AddHostedService(provider => provider.GetRequiredService<Tracing>());
        services.AddSingleton<MetricsHost>();
        services.AddHostedService(provider => provider.GetRequiredService<MetricsHost>());
        return services;
    }
}
