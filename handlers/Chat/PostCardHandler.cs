using MassTransit;
using OpsBot.Chat.Threads;
using OpsBot.Contracts.Messages;
using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Threads;
using OpsBot.Storage.Messages;
using OpsBot.Storage.Threads;

namespace OpsBot.Handlers.Chat;

/// <summary>Bring the card of an incident up to date on one surface. What stands there already is left alone.</summary>
public sealed class PostCardHandler(
    MessageHandling handling, IIncidentReader incidents, IEnumerable<IChatSurface> surfaces, ThreadOpening opening, OwnSurface own, PostOnce once) : IConsumer<Due<PostCard>>
{
    private static readonly Effect Nothing = _ => Task.CompletedTask;

    public Task Consume(ConsumeContext<Due<PostCard>> context) => handling.Handle(context, HandleAsync);

    internal async Task<Effect> HandleAsync(PostCard request, HandlingContext run)
    {
        // A surface that is no longer configured has nobody to post to.
        if (surfaces.FirstOrDefault(surface => surface.Name == request.Surface) is not { } surface
            || await incidents.FindAsync(request.IncidentId, run.CancellationToken) is not { } detail)
            return Nothing;
        var delivery = new CardDelivery(
            request.IncidentId, $"{detail.Incident.Name}/card/{run.Run.MessageId}", opening.CardOf(detail, surface), run.Run.Version, new ChatPlace(surface.Name, ""));
        if (surface.IsOwn)
        {
            await own.WriteCardAsync(surface, delivery, run.CancellationToken);
            return Nothing;
        }

        var found = await opening.FindAsync(surface, detail, disturbs: false, run);
        if (found.Waits is { } waits)
            return waits.Effect;
        if (found.Thread is not { } thread || found.Opened)
            return Nothing;
        var json = ThreadOpening.Json(delivery.Card);
        if (thread.Card == json)
            return Nothing;
        delivery = delivery with { Place = found.Place, ThreadReference = thread.Reference };
        switch (await once.CallAsync(surface, "card", () => surface.EditCardAsync(delivery, run.CancellationToken), run))
        {
            case SurfaceResult.RetryLater later:
                return once.Wait(surface, later.After, later.Reason, run).Effect;
            case SurfaceResult.Failed failed:
                throw new HandlingException(FailureCategory.Refused, $"{surface.Name} will not have the card: {failed.Reason}");
            default:
                return scope => SurfaceThreadTable.EditedAsync(scope.Transaction, request.IncidentId, surface.Name, json, delivery.Version);
        }
    }
}
