using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OpsBot.Actions.Audit;
using OpsBot.Actions.Catalog;
using OpsBot.Actions.Loops;
using OpsBot.Actions.People;
using OpsBot.Storage.Messages;

namespace OpsBot.Actions.Approvals;

public static class ApprovalServices
{
    /// <summary>Proposals, approvals and the kill switch. Wants people, catalog, policy, gates, audit, storage and the runtime.</summary>
    public static IServiceCollection AddApprovals(this IServiceCollection services)
    {
        services.TryAddSingleton<BindingReader>();
        services.TryAddSingleton<ProposalPreparation>();
        services.TryAddSingleton<ProposalBook>();
        services.TryAddSingleton(provider => new ApprovalProofs(provider.GetRequiredService<AuditKey>()));
        services.TryAddSingleton(provider => new ProposalDesk(
            provider.GetRequiredService<ProposalPreparation>(), provider.GetRequiredService<ProposalBook>(),
            provider.GetRequiredService<IPeople>(), provider.GetRequiredService<Outbox>(), provider.GetService<IHumanActs>()));
        services.TryAddSingleton(provider => new LoopDesk(provider.GetRequiredService<ProposalBook>(), provider.GetRequiredService<IActionCatalog>()));
        services.TryAddSingleton<IApprovalLedger, ApprovalLedger>();
        services.TryAddSingleton<IKillSwitch, KillSwitch>();
        return services;
    }
}
