using Dapper;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Threads;

/// <summary>All SQL that writes down what happens on surfaces that are not ours. Each call is inside somebody's transaction.</summary>
public static class SurfaceThreadTable
{
    /// <summary>The next thing that is done is to post it.</summary>
    public static Task SentAsync(StoreTransaction transaction, string surface, string deliveryId, DateTimeOffset now) =>
        WriteAsync(transaction, surface, deliveryId, DeliveryStatus.Sent, null, now);

    public static Task PostedAsync(StoreTransaction transaction, string surface, string deliveryId, string? reference, DateTimeOffset now) =>
        WriteAsync(transaction, surface, deliveryId, DeliveryStatus.Posted, reference, now);

    public static Task RefusedAsync(StoreTransaction transaction, string surface, string deliveryId, DateTimeOffset now) =>
        WriteAsync(transaction, surface, deliveryId, DeliveryStatus.Refused, null, now);

    /// <summary>The surface said that it has not taken it: it is as if it had never been sent.</summary>
    public static Task NotSentAsync(StoreTransaction transaction, string surface, string deliveryId) => transaction.Connection.ExecuteAsync(
        "delete from chat_deliveries where surface = @surface and delivery_id = @deliveryId and status = 'sent'",
        new { surface, deliveryId },
        transaction.Transaction);

    /// <summary>A thread that stands now; one that was there already stays as it is.</summary>
    public static Task OpenedAsync(
        StoreTransaction transaction, long incidentId, string surface, string channel, string? reference, string card, long version, DateTimeOffset now) =>
        transaction.Connection.ExecuteAsync(
            """
            insert into threads (incident_id, surface, opened_at, card, card_version, channel, reference)
            values (@incidentId, @surface, @at, @card, @version, @channel, @reference)
            on conflict do nothing
            """,
            new { incidentId, surface, at = now.ToUnixTimeMilliseconds(), card, version, channel, reference },
            transaction.Transaction);

    /// <summary>A card that stands now.</summary>
    public static Task EditedAsync(StoreTransaction transaction, long incidentId, string surface, string card, long version) =>
        transaction.Connection.ExecuteAsync(
            "update threads set card = @card, card_version = @version where incident_id = @incidentId and surface = @surface and card_version < @version",
            new { incidentId, surface, card, version },
            transaction.Transaction);

    /// <summary>One reply more.</summary>
    public static Task SpendAsync(StoreTransaction transaction, long incidentId, string surface) => transaction.Connection.ExecuteAsync(
        "update threads set posts = posts + 1 where incident_id = @incidentId and surface = @surface", new { incidentId, surface }, transaction.Transaction);

    private static Task WriteAsync(
        StoreTransaction transaction, string surface, string deliveryId, DeliveryStatus status, string? reference, DateTimeOffset now) =>
        transaction.Connection.ExecuteAsync(
            """
            insert into chat_deliveries (surface, delivery_id, status, at, reference) values (@surface, @deliveryId, @status, @at, @reference)
            on conflict (surface, delivery_id) do update set status = excluded.status, at = excluded.at, reference = excluded.reference
            """,
            new { surface, deliveryId, status = status.ToString().ToLowerInvariant(), at = now.ToUnixTimeMilliseconds(), reference },
            transaction.Transaction);
}
