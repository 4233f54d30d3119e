using MassTransit;
using Microsoft.Extensions.Options;
using OpsBot.Handlers;
using OpsBot.Handlers.Proposals;
using OpsBot.Storage.Messages;

namespace OpsBot.Host.Bus;

/// <summary>
/// The bus of several hosts: durable quorum queues, one a consumer, with competing consumers, confirmed publishes, and a queue of each host for rows
/// that only it may handle. Whatever is lost here comes again: a ticket without its row's lease is worth nothing.
/// </summary>
internal static class RabbitMqBus
{
    public static void Configure(IBusRegistrationConfigurator bus, BusOptions options, IReadOnlySet<HostRole> roles)
    {
        bus.SetEndpointNameFormatter(Formatter(options));
        bus.AddConfigureEndpointsCallback((_, _, endpoint) =>
        {
            if (endpoint is IRabbitMqReceiveEndpointConfigurator queue)
            {
                queue.SetQuorumQueue();
                queue.PrefetchCount = options.Prefetch;
                // The row is the record: a ticket that failed is not kept beside it.
                queue.DiscardFaultedMessages();
                queue.DiscardSkippedMessages();
            }
        });
        bus.UsingRabbitMq((context, transport) =>
        {
            var address = BrokerAddress.Parse(options.RabbitMq!);
            transport.Host(address.Host, host =>
            {
                host.Username(address.User);
                host.Password(address.Password);
                host.PublisherConfirmation = true;
                host.ConnectionName("opsbot");
            });
            transport.MessageTopology.SetEntityNameFormatter(new PrefixEntityNameFormatter(transport.MessageTopology.EntityNameFormatter, $"{options.Prefix}:"));
            transport.ConcurrentMessageLimit = context.GetRequiredService<IOptions<MessageOptions>>().Value.Concurrency;
            // First of all the queues that hosts share: a consumer that has a queue of its own by then would get no other.
            transport.ConfigureEndpoints(context);
            if (roles.Contains(HostRole.Worker))
            {
                transport.ReceiveEndpoint(HostQueue(options, context.GetRequiredService<WorkerIdentity>().Host), queue =>
                {
                    (queue.Durable, queue.AutoDelete, queue.ConfigureConsumeTopology) = (false, true, false);
                    queue.PrefetchCount = options.Prefetch;
                    queue.DiscardFaultedMessages();
                    queue.DiscardSkippedMessages();
                    queue.ConfigureConsumer<RunApproved>(context);
                });
            }
        });
    }

    /// <summary>Where tickets go whose row only <paramref name="host"/> may handle.</summary>
    public static Uri HostAddress(BusOptions options, string host) => new($"exchange:{HostQueue(options, host)}?durable=false&autodelete=true");

    /// <summary>The queues that all hosts share, without those of single hosts.</summary>
    public static IReadOnlyList<string> Queues(BusOptions options)
    {
        var formatter = Formatter(options);
        var consumer = typeof(IEndpointNameFormatter).GetMethod(nameof(IEndpointNameFormatter.Consumer))!;
        return [.. HandlerRegistration.Consumers.Select(each => (string)consumer.MakeGenericMethod(each.Consumer).Invoke(formatter, null)!).Order(StringComparer.Ordinal)];
    }

    private static KebabCaseEndpointNameFormatter Formatter(BusOptions options) => new(options.Prefix, includeNamespace: false);

    private static string HostQueue(BusOptions options, string host) => $"{options.Prefix}-host-{host}";
}
