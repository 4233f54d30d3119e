using MassTransit;
using Microsoft.Extensions.Options;
using OpsBot.Handlers;
using OpsBot.Storage.Messages;

namespace OpsBot.Host.Bus;

internal static class BusServices
{
    /// <summary>The bus, its consumers, the pump that feeds it and what clears up behind them.</summary>
    public static IServiceCollection AddBus(this IServiceCollection services)
    {
        services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.AddHandlers();
            bus.UsingInMemory((context, transport) =>
            {
                transport.ConcurrentMessageLimit = context.GetRequiredService<IOptions<MessageOptions>>().Value.Concurrency;
                transport.ConfigureEndpoints(context);
            });
        });
        services.AddOptions<MassTransitHostOptions>().Configure(options =>
        {
            options.WaitUntilStarted = true;
            options.StartTimeout = TimeSpan.FromSeconds(30);
            // A graceful stop of the in-memory transport drains the whole backlog; the leases make that needless.
            options.StopTimeout = TimeSpan.FromSeconds(5);
            options.ConsumerStopTimeout = TimeSpan.FromSeconds(3);
        });
        services.AddSingleton(provider => new MessageKinds(provider.GetRequiredService<IOptions<MessageOptions>>().Value));
        services.AddHostedService<Pruner>();
        services.AddHostedService<Pump>();
        return services;
    }
}
