using OpsBot.Chat.Cards;
using OpsBot.Contracts.Ports;

namespace OpsBot.Chat.Threads;

/// <summary>
/// A place where incidents have threads. Each delivery carries an id that names it for ever: a surface that has it already
/// changes nothing and says so. Failures come back as results; only cancellation is thrown.
/// </summary>
public interface IChatSurface
{
    /// <summary><c>web</c>, <c>slack</c>, <c>teams</c>.</summary>
    string Name { get; }

    Task<SurfaceResult> OpenThreadAsync(CardDelivery delivery, CancellationToken cancellationToken);

    /// <summary>Replaces the card. An older card never replaces a newer one.</summary>
    Task<SurfaceResult> EditCardAsync(CardDelivery delivery, CancellationToken cancellationToken);

    Task<SurfaceResult> PostReplyAsync(ReplyDelivery delivery, CancellationToken cancellationToken);
}

/// <summary>A card to open a thread with, or to replace the one that stands.</summary>
/// <param name="DeliveryId">Names this delivery for ever.</param>
/// <param name="Version">Rises with every card of an incident, as in <see cref="IThreadStore"/>.</param>
/// <param name="ThreadReference">What opening the thread gave back; null when opening.</param>
public sealed record CardDelivery(long IncidentId, string DeliveryId, StatusCard Card, long Version, string? ThreadReference = null);

/// <summary>A reply to post below the card.</summary>
/// <param name="DeliveryId">Names this reply for ever.</param>
/// <param name="ReplyKind"><c>opened</c>, <c>diagnosis</c>, <c>state</c>, <c>notice</c>.</param>
public sealed record ReplyDelivery(
    long IncidentId, string DeliveryId, string ReplyKind, PlainText Text, string? ThreadReference = null);
