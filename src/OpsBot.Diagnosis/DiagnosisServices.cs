using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpsBot.Knowledge;
using OpsBot.Runtime.Redaction;

namespace OpsBot.Diagnosis;

/// <summary>Registration.</summary>
public static class DiagnosisServices
{
    /// <summary>Adds <see cref="IDiagnostician"/>. Finds runbooks and redacts where an <see cref="IRunbookFinder"/> and an <see cref="IRedactor"/> are registered.</summary>
    public static IServiceCollection AddDiagnosis(this IServiceCollection services)
    {
        services.AddOptions<DiagnosisOptions>().ValidateDataAnnotations();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IDiagnostician>(provider => new Diagnostician(
            new Collector(provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<Collector>>()),
            provider.GetRequiredService<IOptions<DiagnosisOptions>>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<IRunbookFinder>(),
            provider.GetService<IRedactor>()));
        return services;
    }
}
