using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OpsBot.Contracts.Ports;
using OpsBot.Storage.Approvals;
using OpsBot.Storage.Audit;
using OpsBot.Storage.Changes;
using OpsBot.Storage.Copy;
using OpsBot.Storage.Engine;
using OpsBot.Storage.Incidents;
using OpsBot.Storage.Journal;
using OpsBot.Storage.Memory;
using OpsBot.Storage.Messages;
using OpsBot.Storage.Mutes;
using OpsBot.Storage.Retention;
using OpsBot.Storage.Threads;
using OpsBot.Storage.Watches;

namespace OpsBot.Storage;

public static class StorageServices
{
    /// <summary>The embedded store (SQLite) with everything that is kept in it. Needs an <c>IRedactor</c>, options and logging.</summary>
    public static IServiceCollection AddStorage(this IServiceCollection services)
    {
        services.AddOptions<StoreOptions>().ValidateDataAnnotations();
        services.AddOptions<MessageOptions>().ValidateDataAnnotations();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => new StoreClock(provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(new StorePatience(WaitsForServer: false));
        services.TryAddSingleton<SqliteStore>();
        services.TryAddSingleton<PostgresStore>();
        services.TryAddSingleton<IStore>(provider => UsesPostgres(provider) ? provider.GetRequiredService<PostgresStore>() : provider.GetRequiredService<SqliteStore>());
        services.TryAddSingleton(provider => (IStoreReader)provider.GetRequiredService<IStore>());
        services.TryAddSingleton<StoreHealth>();
        services.TryAddSingleton<StoreCopy>();
        services.TryAddSingleton<StoreStatusReader>();

        services.TryAddSingleton<WorkerLocks>();
        services.TryAddSingleton<IWorkerLiveness>(provider => UsesPostgres(provider)
            ? ActivatorUtilities.CreateInstance<WorkersElsewhere>(provider)
            : provider.GetRequiredService<WorkerLocks>());
        services.TryAddSingleton(provider => provider.GetRequiredService<WorkerLocks>().Own);
        services.TryAddSingleton<PostgresPresence>();
        services.TryAddSingleton<IStorePresence>(provider => UsesPostgres(provider) ? provider.GetRequiredService<PostgresPresence>() : new AloneOnTheStore());
        services.TryAddSingleton(_ => HoldPoints.FromEnvironment());
        services.TryAddSingleton<MessageSignal>();
        services.TryAddSingleton<MessageQueue>();
        services.TryAddSingleton<MessageHandling>();
        services.TryAddSingleton<MessageMaintenance>();
        services.TryAddSingleton<Quarantine>();
        services.TryAddSingleton<StorePruning>();
        services.TryAddSingleton<Intake>();
        services.TryAddSingleton<IIntake>(provider => provider.GetRequiredService<Intake>());
        services.TryAddSingleton<Outbox>();
        services.TryAddSingleton<IMessageReader, MessageReader>();
        services.TryAddSingleton<IStoreFigures, FigureReader>();
        services.TryAddSingleton<IJournal, StoreJournal>();

        services.TryAddSingleton<IMessageRetry>(provider => provider.GetRequiredService<MessageMaintenance>());

        services.TryAddSingleton<IncidentReader>();
        services.TryAddSingleton<IIncidentReader>(provider => provider.GetRequiredService<IncidentReader>());
        services.TryAddSingleton<IIncidentOverview>(provider => provider.GetRequiredService<IncidentReader>());
        services.TryAddSingleton<IActionReader, ActionReader>();
        services.TryAddSingleton<IChangeHistory, ChangeHistory>();
        services.TryAddSingleton(provider => new ContractReader(provider.GetRequiredService<IStoreReader>()));
        services.TryAddSingleton<LiveUpdates>();
        services.TryAddSingleton<ILiveUpdates>(provider => provider.GetRequiredService<LiveUpdates>());
        services.TryAddSingleton<IThreadStore, ThreadStore>();
        services.TryAddSingleton(provider => new SurfaceThreads(provider.GetRequiredService<IStoreReader>()));
        services.TryAddSingleton<IConversationReferences, ConversationReferences>();
        services.TryAddSingleton(provider => new MuteReader(provider.GetRequiredService<IStoreReader>()));
        services.TryAddSingleton<IWatchReader, WatchReader>();
        services.TryAddSingleton<ITrainingJobs, TrainingJobReader>();
        services.TryAddSingleton<IOutcomeMemory, OutcomeMemory>();
        services.TryAddSingleton<IAuditReader, AuditReader>();
        return services;
    }

    private static bool UsesPostgres(IServiceProvider provider) => provider.GetRequiredService<IOptions<StoreOptions>>().Value.Postgres is { Length: > 0 };
}
