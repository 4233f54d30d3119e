namespace OpsBot.Contracts.Ports;

/// <summary>The door into the messages table. Returning means that the delivery is committed.</summary>
public interface IIntake
{
    /// <summary>Stores all messages of one delivery in one transaction, or nothing when the delivery is known already.</summary>
    /// <exception cref="IntakeOverloadedException">The queue before the store is full; nothing was stored.</exception>
    Task<IntakeResult> AcceptAsync(Delivery delivery, CancellationToken cancellationToken);

    /// <summary>Keeps a delivery that we cannot read, with the field that was wrong, for re-reading after an upgrade.</summary>
    /// <exception cref="IntakeOverloadedException">The queue before the store is full; nothing was stored.</exception>
    Task<IntakeResult> QuarantineAsync(QuarantinedDelivery delivery, CancellationToken cancellationToken);

    /// <summary>Counts a delivery that was refused (wrong or missing signature). Nothing else of it is kept.</summary>
    void CountRefused(string source);
}

/// <summary>What became of a delivery.</summary>
public enum IntakeResult
{
    Accepted,
    Duplicate,
}

/// <summary>One delivery of a sender: nought, one or many messages.</summary>
/// <param name="Source">The sender, as in <c>messages.source</c>.</param>
/// <param name="DeliveryKey">
/// Names the delivery: the sender's id of it, else the SHA-256 of the body. (source, key) is unique; see <paramref name="KeyIsOfBody"/>.
/// </param>
/// <param name="KeyIsOfBody">
/// The sender gave no id. Senders repeat a body for as long as nothing changes, so the same body is the same delivery for a few minutes only.
/// </param>
public sealed record Delivery(string Source, string DeliveryKey, IReadOnlyList<DeliveredMessage> Messages, bool KeyIsOfBody = false)
{
    /// <summary>The trace in which it came in; its rows go on with it.</summary>
    public string? Trace { get; init; }
}

/// <summary>One message of a delivery.</summary>
/// <param name="Kind">As <c>IMessage.Kind</c>.</param>
/// <param name="Stream">Messages of one stream are handled one at a time in order: source + sender's incident, change or job key.</param>
/// <param name="Body">The message as JSON in <see cref="OpsBotJson.Options"/>.</param>
public sealed record DeliveredMessage(string Kind, string Stream, string Body);

/// <summary>Authenticated JSON that we could not read.</summary>
/// <param name="DeliveryKey">As <see cref="Delivery.DeliveryKey"/>.</param>
/// <param name="Headers">The headers that reading it again needs; never a credential.</param>
/// <param name="Field">Path of the field that was wrong: <c>alerts[2].startsAt</c>.</param>
/// <param name="Reason">What was wrong with it, with the value.</param>
/// <param name="KeyIsOfBody">As <see cref="Delivery.KeyIsOfBody"/>.</param>
public sealed record QuarantinedDelivery(
    string Source, string DeliveryKey, byte[] Body, IReadOnlyDictionary<string, string> Headers, string Field, string Reason,
    bool KeyIsOfBody = false);

/// <summary>The store cannot take more at the moment. Answered 503 with Retry-After.</summary>
public sealed class IntakeOverloadedException(TimeSpan retryAfter)
    : Exception($"The intake queue is full; try again in {retryAfter.TotalSeconds:0} s.")
{
    public TimeSpan RetryAfter { get; } = retryAfter;
}
