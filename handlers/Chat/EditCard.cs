using MassTransit;
using OpsBot.Chat.Manners;
using OpsBot.Chat.Threads;
using OpsBot.Contracts.Messages;
using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Threads;
using OpsBot.Storage.Messages;
using OpsBot.Storage.Threads;

namespace OpsBot.Handlers.Chat;

/// <summary>
/// Something visible changed: bring the incident's card up to date everywhere. On our own surface at once; each other one gets a row of its own, so that
/// one that is away holds up no other and nothing is repeated there.
/// </summary>
public sealed class EditCard(
    MessageHandling handling, IIncidentReader incidents, IEnumerable<IChatSurface> surfaces, OwnSurface own, SurfaceThreads threads, ThreadOpening opening, ChatManners manners,
    ILiveUpdates live)
    : IConsumer<Due<UpdateCard>>
{
    public Task Consume(ConsumeContext<Due<UpdateCard>> context) => handling.Handle(context, HandleAsync);

    internal async Task<Effect> HandleAsync(UpdateCard request, HandlingContext run)
    {
        var following = new List<NewMessage>();
        if (await incidents.FindAsync(request.IncidentId, run.CancellationToken) is { } detail)
        {
            foreach (var surface in surfaces)
            {
                if (surface.IsOwn)
                {
                    var delivery = new CardDelivery(
                        request.IncidentId, $"{detail.Incident.Name}/card/{run.Run.MessageId}", opening.CardOf(detail, surface), run.Run.Version, new ChatPlace(surface.Name, ""));
                    await own.WriteCardAsync(surface, delivery, run.CancellationToken);
                }
                else
                {
                    // The first card goes at once. An edit waits for what else is about to change.
                    var stands = await threads.FindAsync(request.IncidentId, surface.Name, run.CancellationToken) is not null;
                    following.Add(NewMessage.Of(
                        new PostCard(request.IncidentId, surface.Name), Streams.Thread(request.IncidentId, surface.Name), stands ? manners.EditEvery : default, coalesce: true));
                }
            }
        }

        return scope =>
        {
            following.ForEach(scope.Follow);
            scope.AfterCommit(() => live.IncidentChanged(request.IncidentId));
            return Task.CompletedTask;
        };
    }
}
