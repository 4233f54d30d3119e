using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpsBot.Actions.Approvals;
using OpsBot.Actions.Audit;
using OpsBot.Actions.Catalog;
using OpsBot.Actions.Closing;
using OpsBot.Actions.Execution;
using OpsBot.Actions.Gates;
using OpsBot.Contracts.Ports;
using OpsBot.Storage.Engine;

namespace OpsBot.Actions;

public static class ActionsServices
{
    /// <summary>Everything that has to do with changing the world. The Host binds the options of each part.</summary>
    public static IServiceCollection AddActions(this IServiceCollection services)
    {
        services.AddCatalog();

        services.TryAddSingleton<AuditKey>();
        services.TryAddSingleton<IAuditTrail, AuditTrail>();
        services.TryAddSingleton<RefusedActs>();
        services.TryAddSingleton<AuditAnchors>();
        services.TryAddSingleton(provider => new AuditKeyGuard(
            provider.GetRequiredService<IAuditReader>(), provider.GetRequiredService<AuditKey>(), provider.GetRequiredService<IOptions<StoreOptions>>(),
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<AuditKeyGuard>>()));
        services.TryAddSingleton(provider => new AuditVerifier(provider.GetRequiredService<IAuditReader>(), provider.GetRequiredService<AuditKey>()));

        services.TryAddSingleton<GateFiles>();
        services.TryAddSingleton<GatePinning>();
        services.TryAddSingleton<IGateKeeper, GateKeeper>();
        services.TryAddSingleton<ClosingDesk>();
        services.TryAddSingleton<IncidentRequests>();
        return services.AddApprovals().AddExecution();
    }
}
