using System.Text.Json;
using OpsBot.Chat.Cards;
using OpsBot.Chat.Threads;
using OpsBot.Contracts;
using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Threads;

namespace OpsBot.Chat.Web;

/// <summary>The console as a surface: its thread is in our own store, where the pages read it.</summary>
internal sealed class WebSurface(IThreadStore store, ILiveUpdates live, TimeProvider time) : IChatSurface
{
    public const string Surface = "web";

    private static readonly TimeSpan StoreBackOff = TimeSpan.FromSeconds(5);

    public string Name => Surface;

    public bool IsOwn => true;

    public Task<SurfaceResult> OpenThreadAsync(CardDelivery delivery, CancellationToken cancellationToken) => WriteAsync(
        delivery.IncidentId, () => store.OpenAsync(delivery.IncidentId, Json(delivery.Card), delivery.Version, cancellationToken));

    public Task<SurfaceResult> EditCardAsync(CardDelivery delivery, CancellationToken cancellationToken) => WriteAsync(
        delivery.IncidentId, () => store.SaveCardAsync(delivery.IncidentId, Json(delivery.Card), delivery.Version, cancellationToken));

    public Task<SurfaceResult> PostReplyAsync(ReplyDelivery delivery, CancellationToken cancellationToken) => WriteAsync(
        delivery.IncidentId,
        () => store.AppendReplyAsync(
            delivery.IncidentId,
            new ThreadReply(delivery.DeliveryId, time.GetUtcNow(), delivery.ReplyKind, delivery.Text.Value),
            cancellationToken));

    /// <summary>A page answers in its own response, so an answer that comes this way has nobody left to read it.</summary>
    public Task<SurfaceResult> AnswerAsync(AnswerDelivery delivery, CancellationToken cancellationToken) =>
        Task.FromResult<SurfaceResult>(new SurfaceResult.Failed("The console answers in the page that asked; nothing is posted there."));

    /// <summary>Nothing needs to be looked for: a repeat of a delivery changes nothing in the store.</summary>
    public Task<FindResult> FindAsync(UncertainDelivery delivery, CancellationToken cancellationToken) => Task.FromResult<FindResult>(new FindResult.NotFound());

    private async Task<SurfaceResult> WriteAsync(long incidentId, Func<Task<ThreadWrite>> write)
    {
        var reference = Contracts.Incidents.Names.Incident(incidentId);
        ThreadWrite outcome;
        try
        {
            outcome = await write();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // whatever the store says, the row that asked for this is still there and asks again
            return new SurfaceResult.RetryLater(StoreBackOff, $"The store did not take the thread of {reference}: {e.GetType().Name}.");
        }

        if (outcome == ThreadWrite.Done) live.IncidentChanged(incidentId);
        return outcome switch
        {
            ThreadWrite.Done => SurfaceResult.Done(reference),
            ThreadWrite.AlreadyDone => SurfaceResult.DoneBefore(reference),
            _ => new SurfaceResult.Failed($"{reference} has no thread on the web surface; open it before editing or replying."),
        };
    }

    private static string Json(StatusCard card) => JsonSerializer.Serialize(card, OpsBotJson.Options);
}
