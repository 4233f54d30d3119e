using OpsBot.Contracts.Ports;

namespace OpsBot.Ingress;

/// <summary>Reads a sender's body without storing anything: the way in, and the way back from the quarantine after an upgrade.</summary>
public interface IWebhookReader
{
    /// <summary>Every sender that can be read, configured or not.</summary>
    IReadOnlyList<string> Sources { get; }

    /// <summary>The deliveries that one body holds: one, or one for each event of a CloudEvents batch.</summary>
    /// <param name="source">The sender, as in <see cref="Delivery.Source"/>.</param>
    /// <param name="headers">The headers of the request, or those of a <see cref="QuarantinedDelivery"/>; names in any case.</param>
    /// <param name="body">The body, decompressed.</param>
    /// <param name="receivedAt">When it reached us the first time.</param>
    /// <exception cref="NotJsonException">The body is empty, not UTF-8 or not JSON.</exception>
    /// <exception cref="ArgumentException">Nobody of that name sends anything.</exception>
    IReadOnlyList<ReadDelivery> Read(
        string source, IReadOnlyDictionary<string, string> headers, ReadOnlyMemory<byte> body, DateTimeOffset receivedAt);
}

/// <summary>One delivery and what it says.</summary>
/// <param name="Source">The sender.</param>
/// <param name="DeliveryKey">The sender's id of the delivery, else the SHA-256 of the body.</param>
/// <param name="Headers">The headers that reading it again needs; never a credential.</param>
/// <param name="Body">The bytes of this delivery: the whole body, or one event of a batch. As long-lived as what was given to read.</param>
/// <param name="Outcome">What it says.</param>
/// <param name="KeyIsOfBody">The sender gave no id of the delivery.</param>
public sealed record ReadDelivery(
    string Source, string DeliveryKey, IReadOnlyDictionary<string, string> Headers, ReadOnlyMemory<byte> Body, Normalised Outcome, bool KeyIsOfBody)
{
    /// <summary>
    /// A job that goes on after its end has the key again that it had when it ran first: the sender does not tell the two apart.
    /// </summary>
    public bool OneKeyForAllRuns { get; init; }

    /// <summary>The messages as <see cref="IIntake"/> takes them; none unless <see cref="Outcome"/> holds events.</summary>
    public Delivery ToDelivery() => new(Source, DeliveryKey, Outcome is Normalised.Events events
        ? [.. events.Items.Select(item => new DeliveredMessage(item.Kind, item.Stream, item.ToJson()))]
        : [],
        KeyIsOfBody);

    /// <summary>The same as it is kept in the quarantine.</summary>
    public QuarantinedDelivery ToQuarantine(Normalised.Unreadable why) =>
        new(Source, DeliveryKey, Body.ToArray(), Headers, why.Field, why.Reason, KeyIsOfBody);
}

/// <summary>The body is not JSON at all. Answered 400: sending it again cannot help.</summary>
public sealed class NotJsonException(string message) : Exception(message);
