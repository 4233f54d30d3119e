using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OpsBot.Actions.People;
using OpsBot.Chat.Threads;
using OpsBot.Handlers.Chat;
using OpsBot.Handlers.Chat.Commands;
using OpsBot.Handlers.PagerDuty;

namespace OpsBot.Handlers;

public static class HandlerServices
{
    /// <summary>What several handlers share.</summary>
    public static IServiceCollection AddHandlerServices(this IServiceCollection services)
    {
        services.TryAddSingleton<PostOnce>();
        services.TryAddSingleton<OwnSurface>();
        services.TryAddSingleton<ThreadOpening>();
        services.TryAddSingleton<AskerPace>();
        services.TryAddSingleton<PagerDutyNews>();
        services.TryAddSingleton<IHumanActs>(provider => provider.GetRequiredService<PagerDutyNews>());
        return services.AddCommands();
    }

    /// <summary>The words that people may say, one line a word.</summary>
    private static IServiceCollection AddCommands(this IServiceCollection services)
    {
        services.TryAddSingleton<ReadableHere>();
        services.TryAddSingleton<ReadableMutes>();
        services.TryAddSingleton<WhichIncident>();
        services.TryAddSingleton<Muting>();
        services.TryAddSingleton<CommandDesk>();
        services.TryAddSingleton<SpokenCommand>();
        services.TryAddSingleton<IFormsAtOnce, FormsAtOnce>();
        services.TryAddSingleton<Watches.JobWatches>();
        foreach (var command in new[]
        {
            typeof(StatusCommand), typeof(WhyCommand), typeof(DiagnoseCommand), typeof(FindCommand), typeof(RunCommand), typeof(ApproveCommand), typeof(RefuseCommand),
            typeof(AckCommand), typeof(ResolveCommand), typeof(SplitCommand), typeof(MergeCommand), typeof(MuteCommand), typeof(StopCommand), typeof(ResumeCommand),
            typeof(WatchCommand), typeof(HelpCommand),
        })
        {
            services.TryAddEnumerable(ServiceDescriptor.Singleton(typeof(IChatCommand), command));
        }

        return services;
    }
}
