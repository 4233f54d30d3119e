using System.Text.Json;
using OpsBot.Chat.Cards;
using OpsBot.Chat.Manners;
using OpsBot.Chat.Threads;
using OpsBot.Contracts;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Threads;
using OpsBot.Contracts.Watches;
using OpsBot.Runtime.Redaction;
using OpsBot.Storage.Engine;
using OpsBot.Storage.Messages;
using OpsBot.Storage.Threads;

namespace OpsBot.Handlers.Chat;

/// <summary>Finds the thread of an incident on a surface, or opens it.</summary>
public sealed class ThreadOpening(SurfaceThreads threads, PostOnce once, ChatManners manners, IRedactor redactor, StoreClock clock)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(1);

    // A channel that will not have a thread is asked again when somebody may have mended that, and not with every change of a card.
    private static readonly TimeSpan AskAgain = TimeSpan.FromMinutes(10);

    /// <summary>The thread where there is one to post in now.</summary>
    /// <param name="Place">Where it is.</param>
    /// <param name="Opened">It was opened just now, with the card as it is.</param>
    /// <param name="Waits">Not now; null where it is a matter of no time.</param>
    public sealed record Found(SurfaceThread? Thread, ChatPlace Place, bool Opened, PostResult.Waits? Waits)
    {
        internal static readonly Found Nowhere = new(null, new ChatPlace("", ""), false, null);
    }

    /// <param name="disturbs">What is to be done next is seen by people at once, and so waits for the end of quiet hours.</param>
    /// <exception cref="HandlingException">The surface will not have the thread.</exception>
    public async Task<Found> FindAsync(IChatSurface surface, IncidentDetail detail, bool disturbs, HandlingContext run)
    {
        var incident = detail.Incident;
        // what waited for their end has not waited for the surface
        run = run with { CreatedAt = manners.MayBePostedFrom(incident, run.CreatedAt) };
        var thread = await threads.FindAsync(incident.Id, surface.Name, run.CancellationToken);
        var place = thread is { Channel: { } channel } ? new ChatPlace(surface.Name, channel) : manners.PlaceOf(incident, surface.Name);
        if (place is null || manners.Forbidden(incident, place) is not null)
            return Found.Nowhere;
        if ((disturbs || thread is null) && manners.IsQuiet(incident, clock.GetUtcNow()))
            return new Found(null, place, false, new PostResult.Waits(LookAgain, "quiet hours"));
        return thread is not null ? new Found(thread, place, false, null) : await OpenAsync(surface, detail, place, run);
    }

    /// <summary>The card as a surface gets it: on ours with everything, elsewhere without watches of services about which nothing is posted.</summary>
    public StatusCard CardOf(IncidentDetail detail, IChatSurface surface) => CardBuilder.Build(
        (surface.IsOwn ? detail : detail with { Watches = [.. detail.Watches.Where(watch => IsTold(watch, surface))] }).Redacted(redactor));

    public static string Json(StatusCard card) => JsonSerializer.Serialize(card, OpsBotJson.Options);

    private bool IsTold(Watch watch, IChatSurface surface) => watch.Service is not { } service || manners.Forbidden(new ChatPlace(surface.Name, ""), [service]) is null;

    private async Task<Found> OpenAsync(IChatSurface surface, IncidentDetail detail, ChatPlace place, HandlingContext run)
    {
        var incident = detail.Incident;
        // Of the incident, not of the row: whichever row opens it, it is opened once.
        var id = $"{incident.Name}/thread";
        if (await threads.DeliveryAsync(surface.Name, id, run.CancellationToken) is { Status: DeliveryStatus.Refused } refused && clock.GetUtcNow() - refused.At < AskAgain)
            return Found.Nowhere;
        var (card, version) = (CardOf(detail, surface), run.Run.Version);
        var result = await once.PostAsync(
            surface, "thread", id, place, null, run,
            () => surface.OpenThreadAsync(new CardDelivery(incident.Id, id, card, version, place), run.CancellationToken));
        if (result is PostResult.Waits waits)
            return new Found(null, place, false, waits);
        var (reference, before) = (PostResult.Stands)result;
        // Of a card that was posted by an earlier try nobody knows what it shows: the next edit will tell.
        var json = before ? "" : Json(card);
        await run.CommitStepAsync(async scope =>
        {
            await SurfaceThreadTable.OpenedAsync(scope.Transaction, incident.Id, surface.Name, place.Channel, reference, json, before ? 0 : version, scope.Now);
            await SurfaceThreadTable.PostedAsync(scope.Transaction, surface.Name, id, reference, scope.Now);
        });
        return new Found(new SurfaceThread(place.Channel, reference, json, before ? 0 : version, 0), place, Opened: !before, null);
    }
}
