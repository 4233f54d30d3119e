using OpsBot.Chat;
using OpsBot.Diagnosis;
using OpsBot.Evidence;
using OpsBot.Host.Configuration;
using OpsBot.Host.WebConsole;
using OpsBot.Incidents;
using OpsBot.Ingress;
using OpsBot.Knowledge;
using OpsBot.Runtime;
using OpsBot.Storage;
using OpsBot.Storage.Engine;

namespace OpsBot.Host.Serving;

/// <summary>What every verb that works with the store shares.</summary>
internal static class OpsBotServices
{
    /// <summary>All parts but the bus and the listeners.</summary>
    public static IServiceCollection AddOpsBot(this IServiceCollection services, LoadedConfiguration configuration, ServeSettings settings)
    {
        services.AddSections(configuration);
        services.PostConfigure<StoreOptions>(options => options.DataFolder = settings.DataFolder);
        services.PostConfigure<ListenOptions>(options => options.Urls = settings.Urls ?? options.Urls);
        services.PostConfigure<ConsoleOptions>(options => options.Urls = settings.ConsoleUrls ?? options.Urls);
        return services
            .AddSingleton(TimeProvider.System)
            .AddRuntime()
            .AddStorage()
            .AddIngress()
            .AddEvidence()
            .AddBundles()
            .AddIncidents()
            .AddKnowledge()
            .AddShippedRunbooks()
            .AddDiagnosis()
            .AddChat();
    }
}
