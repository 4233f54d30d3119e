using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OpsBot.Watches.Canaries;
using OpsBot.Watches.Declared;
using OpsBot.Watches.Desk;
using OpsBot.Watches.Queries;
using OpsBot.Watches.Ticks;
using OpsBot.Watches.Training;

namespace OpsBot.Watches;

public static class WatchServices
{
    /// <summary>Watches: what ticks, what can be observed (one line a kind) and what the configuration declares. Wants storage, evidence and the runtime.</summary>
    public static IServiceCollection AddWatches(this IServiceCollection services)
    {
        services.AddOptions<WatchesOptions>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<WatchesOptions>, WatchesOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IWatchKind, QueryKind>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IWatchKind, TrainingKind>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IWatchKind, CanaryKind>());
        services.TryAddSingleton<ICurveSources, DeclaredCurves>();
        services.TryAddSingleton<Ticker>();
        services.TryAddSingleton<WatchDesk>();
        services.TryAddSingleton<DeclaredWatches>();
        services.TryAddSingleton<CanaryWatches>();
        services.TryAddSingleton<WatchKeeper>();
        return services;
    }
}
