using MassTransit;
using Microsoft.Extensions.Options;
using OpsBot.Handlers;
using OpsBot.Storage.Messages;

namespace OpsBot.Host.Bus;

internal static class BusServices
{
    /// <summary>The bus, its consumers of these roles, the pump that feeds it and what clears up behind them.</summary>
    public static IServiceCollection AddBus(this IServiceCollection services, BusOptions options, IReadOnlySet<HostRole> roles)
    {
        // who handles nothing brings nothing onto the bus either
        var overBroker = options.RabbitMq is { Length: > 0 } && roles.Any(role => role != HostRole.Ingress);
        services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.AddHandlers(roles);
            if (overBroker)
            {
                RabbitMqBus.Configure(bus, options, roles);
                return;
            }

            bus.UsingInMemory((context, transport) =>
            {
                transport.ConcurrentMessageLimit = context.GetRequiredService<IOptions<MessageOptions>>().Value.Concurrency;
                transport.ConfigureEndpoints(context);
            });
        });
        services.AddOptions<MassTransitHostOptions>().Configure(hosting =>
        {
            // A broker that is away holds up nobody: what comes in is stored, and goes to the bus when that is there.
            hosting.WaitUntilStarted = !overBroker;
            // Nor does it wait in vain for one: a start that was given up is not tried again.
            hosting.StartTimeout = overBroker ? null : TimeSpan.FromSeconds(30);
            // A graceful stop of the in-memory transport drains the whole backlog; the leases make that needless.
            hosting.StopTimeout = TimeSpan.FromSeconds(5);
            hosting.ConsumerStopTimeout = TimeSpan.FromSeconds(3);
        });
        services.AddSingleton(provider => new MessageKinds(
            provider.GetRequiredService<IOptions<MessageOptions>>().Value,
            roles,
            overBroker ? RabbitMqBus.HostAddress(options, provider.GetRequiredService<WorkerIdentity>().Host) : null));
        if (options is { RabbitMq.Length: > 0, Events: true } && roles.Contains(HostRole.Ingress))
        {
            services.AddSingleton(provider => ActivatorUtilities.CreateInstance<EventExchange>(provider, options));
            services.AddHostedService(provider => provider.GetRequiredService<EventExchange>());
        }

        if (overBroker)
        {
            RareBusLogs.Use(services);
            services.AddHostedService<BrokerWatch>();
        }

        services.AddHostedService<StorePresence>();
        if (roles.Contains(HostRole.Worker))
        {
            services.AddHostedService<Pruner>();
            services.AddHostedService<WatchKeeping>();
        }

        services.AddHostedService<Pump>();
        return services;
    }
}
