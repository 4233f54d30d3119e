using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OpsBot.Chat.Cards;
using OpsBot.Chat.Slack.Incoming;
using OpsBot.Chat.Slack.Outgoing;
using OpsBot.Chat.Slack.Wire;
using OpsBot.Chat.Threads;

namespace OpsBot.Chat.Slack;

/// <summary>Registers Slack.</summary>
public static class SlackServices
{
    private const int LargestAnswer = 16 << 20;

    /// <summary>The section and its rules, which are asked whether Slack is configured or not.</summary>
    public static IServiceCollection AddSlackOptions(this IServiceCollection services)
    {
        services.AddOptions<SlackOptions>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SlackOptions>, SlackOptionsValidator>());
        return services;
    }

    /// <summary>
    /// The surface and what receives for it; only where <see cref="SlackOptions.BotToken"/> is set, because what is registered is posted to. Needs an
    /// <c>IIntake</c>, <c>AddRuntime</c> and a <see cref="TimeProvider"/>.
    /// </summary>
    public static IServiceCollection AddSlack(this IServiceCollection services)
    {
        services.AddSlackOptions();
        services.AddHttpClient(SlackApi.HttpClient, client =>
        {
            client.Timeout = TimeSpan.FromSeconds(20);
            client.MaxResponseContentBufferSize = LargestAnswer;
        }).ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
        {
            // no redirect: what answers elsewhere is not what was configured, and a token must not follow
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        })
            // it would log addresses, and a response_url or an upload's is all that it takes to use it
            .RemoveAllLoggers();
        services.TryAddSingleton(static provider => provider.GetRequiredService<IOptions<SlackOptions>>().Value);
        services.TryAddSingleton<SlackPace>();
        services.TryAddSingleton<SlackApi>();
        services.TryAddSingleton<ChartPicture>();
        services.TryAddSingleton<SlackUploads>();
        services.TryAddSingleton<SlackLookup>();
        services.TryAddSingleton<SlackPoster>();
        services.TryAddSingleton<SlackMessages>();
        services.TryAddSingleton<SlackAnswers>();
        services.TryAddSingleton<SlackReader>();
        services.TryAddSingleton<SlackDirectory>();
        services.TryAddSingleton<SlackInbox>();
        services.TryAddSingleton<SlackHttp>();
        services.TryAddSingleton(static provider => new SlackDoctor(provider.GetRequiredService<SlackApi>(), provider.GetRequiredService<SlackOptions>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IChatSurface, SlackSurface>());
        return services;
    }

    /// <summary>Keeps the connection of Socket Mode open while the host runs; nothing in HTTP mode. After <see cref="AddSlack"/>.</summary>
    public static IServiceCollection AddSlackListening(this IServiceCollection services)
    {
        services.AddSingleton<IHostedService>(static provider => provider.GetRequiredService<SlackOptions>().Mode == SlackMode.Socket
            ? ActivatorUtilities.CreateInstance<SocketMode>(provider)
            : new Silent());
        return services;
    }

    private sealed class Silent : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
