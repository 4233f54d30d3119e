using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OpsBot.Runtime.Processes;
using OpsBot.Runtime.Redaction;
using OpsBot.Runtime.Secrets;

namespace OpsBot.Runtime;

public static class RuntimeServices
{
    /// <summary>Running programs, redaction and secrets. Wants an <c>IConfiguration</c> for secrets by name.</summary>
    public static IServiceCollection AddRuntime(this IServiceCollection services)
    {
        services.AddOptions<RedactionOptions>().ValidateDataAnnotations();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<KnownSecrets>();
        services.TryAddSingleton<IRedactor, Redactor>();
        services.TryAddSingleton<IProcessRunner, ProcessRunner>();
        services.TryAddSingleton<ISecretReader, SecretReader>();
        return services;
    }
}
