using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace OpsBot.Knowledge;

/// <summary>Registers what this project offers.</summary>
public static class KnowledgeServices
{
    /// <summary>Runbooks of the folders in <see cref="RunbookOptions"/>, which the host binds from the section <c>runbooks</c>.</summary>
    public static IServiceCollection AddKnowledge(this IServiceCollection services)
    {
        services.AddOptions<RunbookOptions>().ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton<RunbookLibrary>();
        services.TryAddSingleton<IRunbookFinder>(provider => provider.GetRequiredService<RunbookLibrary>());
        return services;
    }
}
