using MassTransit;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Messages;
using OpsBot.Handlers;
using OpsBot.Storage.Messages;

namespace OpsBot.Host.Bus;

/// <summary>The kinds of rows that this host handles: how each goes onto the bus, and how many at the same time.</summary>
internal sealed class MessageKinds
{
    private readonly Dictionary<string, Func<IBus, ClaimedMessage, CancellationToken, Task>> _publish = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _most = new(StringComparer.Ordinal);
    private readonly List<string> _all = [];

    private readonly IReadOnlySet<HostRole> _roles;
    private readonly Uri? _ownQueue;

    /// <param name="roles">Only what one of them handles is brought onto the bus.</param>
    /// <param name="ownQueue">Where tickets of rows go that only this host may handle; null where all that is published comes back to it.</param>
    public MessageKinds(MessageOptions options, IReadOnlySet<HostRole> roles, Uri? ownQueue = null)
    {
        (_roles, _ownQueue) = (roles, ownQueue);
        Add<AlertReported>(options.EventConcurrency);
        Add<DeployReported>(options.EventConcurrency);
        Add<TrainingJobReported>(options.EventConcurrency);
        Add<CompareContracts>(Handlers.Deploys.CompareContractsDefinition.Concurrency);
        Add<UpdateCard>(options.Concurrency);
        Add<PostReply>(options.Concurrency);
        Add<PostCard>(options.Concurrency);
        Add<PostSurfaceReply>(options.Concurrency);
        Add<PostAnswer>(options.Concurrency);
        Add<ChatReceived>(Handlers.Chat.AnswerChatDefinition.Concurrency);
        Add<WatchTick>(Handlers.Watches.TickWatchDefinition.Concurrency);
        Add<StartWatch>(options.Concurrency);
        Add<EndMute>(options.Concurrency);
        Add<TellPagerDuty>(options.Concurrency);
        Add<RememberOutcome>(options.Concurrency);
        Add<DiagnoseIncident>(Handlers.Incidents.DiagnoseIncidentDefinition.Concurrency);
        Add<CloseIncident>(Handlers.Incidents.CloseIncidentDefinition.Concurrency);
        Add<AcknowledgeIncident>(options.Concurrency);
        Add<ProposeActions>(Handlers.Proposals.ProposeActionsDefinition.Concurrency);
        Add<ExpireProposal>(options.Concurrency);
        Add<SumUpRefusedActs>(options.Concurrency);
        Add<RunProposal>(options.Concurrency);
        Add<ContinueLoop>(options.Concurrency);
    }

    /// <summary>Every kind of the program, whichever host handles it.</summary>
    public IReadOnlyList<string> All => _all;

    /// <summary>For each kind that this host handles, the most rows that may be on the bus or in hand.</summary>
    public IReadOnlyDictionary<string, int> Most => _most;

    public Task PublishAsync(IBus bus, ClaimedMessage message, CancellationToken cancellationToken) =>
        _publish[message.Kind](bus, message, cancellationToken);

    private void Add<T>(int concurrency)
        where T : IMessage
    {
        _all.Add(T.Kind);
        if (!_roles.Contains(HandlerRegistration.RoleOf<T>()))
        {
            return;
        }

        // Twice what is worked on: the next one is there when a worker is free, and little is lost with a process.
        _most[T.Kind] = 2 * concurrency;
        Action<SendContext<Due<T>>> send = Routed;
        Action<PublishContext<Due<T>>> publish = Routed;
        _publish[T.Kind] = async (bus, message, ct) =>
        {
            var ticket = new Due<T>(message.Id, message.LeaseToken);
            if (message.IsForThisHost && _ownQueue is not null)
            {
                await (await bus.GetSendEndpoint(_ownQueue)).Send(ticket, send, ct);
            }
            else
            {
                await bus.Publish(ticket, publish, ct);
            }
        };
    }

    /// <summary>
    /// A broker confirms what it throws away for want of a queue (its consumers' are declared while the first rows are published, and somebody may delete one):
    /// it is asked to return that instead, or the row would lie in our hands until its lease runs out.
    /// </summary>
    private static void Routed(SendContext context)
    {
        if (context.TryGetPayload<RabbitMqSendContext>(out var broker))
        {
            broker.Mandatory = true;
        }
    }
}
