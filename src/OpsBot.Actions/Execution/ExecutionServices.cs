using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpsBot.Actions.Approvals;
using OpsBot.Actions.Catalog;
using OpsBot.Actions.Execution.Supervision;
using OpsBot.Contracts.Ports;
using OpsBot.Storage.Engine;
using OpsBot.Storage.Messages;

namespace OpsBot.Actions.Execution;

public static class ExecutionServices
{
    /// <summary>Running what was approved. Wants approvals, catalog, policy, gates, audit, storage and the runtime; reads metrics where an <see cref="IMetricReader"/> is registered.</summary>
    public static IServiceCollection AddExecution(this IServiceCollection services)
    {
        services.TryAddSingleton(_ => SupervisorProgram.OfThisInstallation());
        services.TryAddSingleton(provider => new SupervisorLauncher(
            provider.GetRequiredService<SupervisorProgram>(), new ProgramFinder(provider.GetRequiredService<IOptions<ActionsOptions>>().Value.Path).Find("tmux", "/").Path));
        services.TryAddSingleton<CommandFollower>();
        services.TryAddSingleton<RunFolders>();
        services.TryAddSingleton(provider => new RunTerminals(provider.GetRequiredService<RunFolders>(), provider.GetRequiredService<SupervisorLauncher>()));
        services.TryAddSingleton<RunBook>();
        services.TryAddSingleton<RunCommands>();
        services.TryAddSingleton<HealthSampler>();
        services.TryAddSingleton<RunChecks>();
        services.TryAddSingleton<TargetTaking>();
        services.TryAddSingleton<UndoSteps>();
        services.TryAddSingleton(provider => new ActionRunner(
            provider.GetRequiredService<IActionReader>(), provider.GetRequiredService<IApprovalLedger>(), provider.GetRequiredService<IStore>(),
            provider.GetRequiredService<WorkerIdentity>(), provider.GetRequiredService<HoldPoints>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<RunBook>(), provider.GetRequiredService<RunChecks>(), provider.GetRequiredService<RunFolders>(),
            provider.GetRequiredService<RunCommands>(), provider.GetRequiredService<TargetTaking>(), provider.GetRequiredService<UndoSteps>()));
        services.TryAddSingleton(provider => new SettleDesk(
            provider.GetRequiredService<Outbox>(), provider.GetRequiredService<IActionReader>(), provider.GetRequiredService<RunBook>(),
            provider.GetRequiredService<WorkerIdentity>(), provider.GetRequiredService<RunCommands>()));
        services.TryAddSingleton(provider => new RunWatch(
            provider.GetRequiredService<Outbox>(), provider.GetRequiredService<IActionReader>(), provider.GetRequiredService<RunBook>(),
            provider.GetRequiredService<WorkerIdentity>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<RunWatch>>()));
        return services;
    }
}
