using Dapper;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Threads;

/// <summary>The thread of an incident on one surface.</summary>
/// <param name="Channel">Where it was opened; null on our own surface.</param>
/// <param name="Reference">As the surface named it; null on our own surface.</param>
/// <param name="Card">The card that stands there, as JSON.</param>
/// <param name="CardVersion">Of the row that wrote the card, as in <see cref="Contracts.Ports.JournalRun.Version"/>.</param>
/// <param name="Posts">Replies that were posted in it.</param>
public sealed record SurfaceThread(string? Channel, string? Reference, string Card, long CardVersion, long Posts);

/// <summary>How far a delivery got on a surface that is not ours.</summary>
public enum DeliveryStatus
{
    /// <summary>It was about to be posted when this was written, and nothing is known since.</summary>
    Sent,

    /// <summary>It stands there.</summary>
    Posted,

    /// <summary>The surface will not have it.</summary>
    Refused,
}

/// <param name="Reference">As the surface named the post; null while that is not known.</param>
public sealed record ChatDelivery(DeliveryStatus Status, DateTimeOffset At, string? Reference);

/// <summary>Reads where threads stand and what became of deliveries.</summary>
public sealed class SurfaceThreads
{
    private readonly IStoreReader _store;

    internal SurfaceThreads(IStoreReader store) => _store = store;

    public Task<SurfaceThread?> FindAsync(long incidentId, string surface, CancellationToken cancellationToken) => _store.ReadAsync(
        async connection =>
        {
            var rows = (await connection.QueryAsync<(string? Channel, string? Reference, string Card, long Version, long Posts)>(
                "select channel, reference, card, card_version, posts from threads where incident_id = @incidentId and surface = @surface",
                new { incidentId, surface })).AsList();
            return rows is [var row] ? new SurfaceThread(row.Channel, row.Reference, row.Card, row.Version, row.Posts) : null;
        },
        cancellationToken);

    public Task<ChatDelivery?> DeliveryAsync(string surface, string deliveryId, CancellationToken cancellationToken) => _store.ReadAsync(
        async connection =>
        {
            var rows = (await connection.QueryAsync<(string Status, long At, string? Reference)>(
                "select status, at, reference from chat_deliveries where surface = @surface and delivery_id = @deliveryId",
                new { surface, deliveryId })).AsList();
            return rows is [var row]
                ? new ChatDelivery(Enum.Parse<DeliveryStatus>(row.Status, ignoreCase: true), DateTimeOffset.FromUnixTimeMilliseconds(row.At), row.Reference)
                : null;
        },
        cancellationToken);

    /// <summary>The incident whose thread on a surface has this reference; null where none has.</summary>
    /// <param name="channel">Where the thread is.</param>
    public Task<long?> IncidentOfAsync(string surface, string channel, string thread, CancellationToken cancellationToken) => _store.ReadAsync(
        connection => connection.ExecuteScalarAsync<long?>(
            """
            select max(incident_id) from threads
            where surface = @surface and channel = @channel and (reference = @thread or reference = @whole or reference like @within escape '!')
            """,
            // a reference may be several things together as JSON, of which the thread's own id is one
            new { surface, channel, thread, whole = $"{channel}/{thread}", within = $"%\"{Literal(thread)}\"%" }),
        cancellationToken);

    private static string Literal(string text) =>
        text.Replace("!", "!!", StringComparison.Ordinal).Replace("%", "!%", StringComparison.Ordinal).Replace("_", "!_", StringComparison.Ordinal);
}
