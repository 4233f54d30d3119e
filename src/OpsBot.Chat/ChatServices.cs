using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OpsBot.Chat.Manners;
using OpsBot.Chat.PagerDuty;
using OpsBot.Chat.Teams;
using OpsBot.Chat.Threads;
using OpsBot.Chat.Web;
using OpsBot.Contracts.Ports;

namespace OpsBot.Chat;

/// <summary>Registers the surfaces that incidents have threads on.</summary>
public static class ChatServices
{
    /// <summary>Adds the surfaces. Needs <see cref="IThreadStore"/>, <see cref="ILiveUpdates"/> and <see cref="TimeProvider"/>.</summary>
    public static IServiceCollection AddChat(this IServiceCollection services)
    {
        services.AddOptions<ChatOptions>().ValidateDataAnnotations();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ChatOptions>, ChatOptionsValidator>());
        services.TryAddSingleton<ChatManners>();
        services.AddOptions<PagerDutyOptions>().ValidateDataAnnotations();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<PagerDutyOptions>, PagerDutyOptionsValidator>());
        services.TryAddSingleton<PagerDutyClient>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IChatSurface, WebSurface>());
        services.AddTeamsOptions();
        return services;
    }
}
