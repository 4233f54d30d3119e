using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpsBot.Ingress.Mapped;
using OpsBot.Ingress.Polls;
using OpsBot.Ingress.Webhooks;

namespace OpsBot.Ingress;

/// <summary>What the Host registers. It also needs an <c>IIntake</c> and a <see cref="TimeProvider"/>.</summary>
public static class IngressServices
{
    public static IServiceCollection AddIngress(this IServiceCollection services)
    {
        services.AddOptions<SendersOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SendersOptions>, SendersOptionsValidator>());
        services.TryAddSingleton(MappingLibrary.Empty);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => new BodyBudget((long)Options(provider).MaxInFlightMiB << 20));
        services.TryAddSingleton<BodyReader>();
        services.TryAddSingleton(provider => new WebhookReader(
            Senders.Known(Options(provider), Library(provider)).Select(sender => sender.Format(Options(provider))),
            provider.GetRequiredService<ILogger<WebhookReader>>()));
        services.TryAddSingleton<IWebhookReader>(provider => provider.GetRequiredService<WebhookReader>());
        services.TryAddSingleton<ISampleSigner>(provider => new SampleSigner(Options(provider), Library(provider), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<DeliveryTaker>();
        services.TryAddSingleton<WebhookPipeline>();
        return services;
    }

    /// <summary>Asks the senders that do not send. Wants <see cref="AddIngress"/> and <c>AddRuntime</c>.</summary>
    public static IServiceCollection AddIngressPolls(this IServiceCollection services)
    {
        services.AddHttpClient(HttpPoll.HttpClientName, static client => client.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(static () => new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), ConnectTimeout = TimeSpan.FromSeconds(5), AllowAutoRedirect = false });
        services.AddHostedService<PollService>();
        return services;
    }

    private static MappingLibrary Library(IServiceProvider provider) => provider.GetRequiredService<MappingLibrary>();

    private static SendersOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<SendersOptions>>().Value;
}
