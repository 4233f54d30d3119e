using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols;
using OpsBot.Chat.Cards;
using OpsBot.Chat.Teams.Incoming;
using OpsBot.Chat.Teams.Outgoing;
using OpsBot.Chat.Threads;
using OpsBot.Storage.Threads;

namespace OpsBot.Chat.Teams;

/// <summary>Registers Teams.</summary>
public static class TeamsServices
{
    /// <summary>For the published keys of Teams.</summary>
    public const string MetadataClient = "teams-metadata";

    /// <summary>For tokens of Entra.</summary>
    public const string TokenClient = "teams-token";

    /// <summary>For the Bot Connector.</summary>
    public const string ConnectorHttpClient = "teams-connector";

    private const int LargestDocument = 1 << 20;

    /// <summary>
    /// Adds the surface and its endpoint; only where <see cref="TeamsOptions.AppId"/> is set, because what is there is posted to. Needs an <c>IIntake</c>,
    /// <c>AddRuntime</c>, <c>AddStorage</c> and a <see cref="TimeProvider"/>.
    /// </summary>
    public static IServiceCollection AddTeams(this IServiceCollection services)
    {
        services.AddTeamsOptions();
        foreach (var (name, limit) in new[] { (MetadataClient, 10), (TokenClient, 15), (ConnectorHttpClient, 20) })
        {
            services.AddHttpClient(name, client =>
            {
                client.Timeout = TimeSpan.FromSeconds(limit);
                client.MaxResponseContentBufferSize = LargestDocument;
            }).ConfigurePrimaryHttpMessageHandler(Handler);
        }

        services.TryAddSingleton(static provider => provider.GetRequiredService<IOptions<TeamsOptions>>().Value);
        AddIncoming(services);
        AddOutgoing(services);
        return services;
    }

    internal static IServiceCollection AddTeamsOptions(this IServiceCollection services)
    {
        services.AddOptions<TeamsOptions>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TeamsOptions>, TeamsOptionsValidator>());
        return services;
    }

    private static void AddIncoming(IServiceCollection services)
    {
        services.TryAddSingleton(static provider => new SigningKeys(
            provider.GetRequiredService<TeamsOptions>().OpenIdMetadata,
            new HttpDocumentRetriever(provider.GetRequiredService<IHttpClientFactory>().CreateClient(MetadataClient)) { RequireHttps = true },
            provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<BotTokenCheck>();
        services.TryAddSingleton<ActivityCheck>();
        services.TryAddSingleton<FindThread>(static provider => (incident, cancellationToken) =>
            provider.GetRequiredService<SurfaceThreads>().FindAsync(incident, ActivityReading.Surface, cancellationToken));
        services.TryAddSingleton<CardRefresh>();
        services.TryAddSingleton<EntraDirectory>();
        services.TryAddSingleton<TeamsIntake>();
    }

    private static void AddOutgoing(IServiceCollection services)
    {
        services.TryAddSingleton<ConnectorTokens>();
        services.TryAddSingleton<SendPace>();
        services.TryAddSingleton<ConnectorClient>();
        services.TryAddSingleton<Conversations>();
        services.TryAddSingleton<ChartPicture>();
        services.TryAddSingleton<PartsPosted>();
        services.TryAddSingleton(static provider => new TeamsCheck(
            provider.GetRequiredService<TeamsOptions>(), provider.GetRequiredService<ConnectorTokens>(), provider.GetRequiredService<SigningKeys>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IChatSurface, TeamsSurface>());
    }

    // no redirect: what answers elsewhere is not what was configured, and a token must not follow
    private static SocketsHttpHandler Handler() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    };
}
