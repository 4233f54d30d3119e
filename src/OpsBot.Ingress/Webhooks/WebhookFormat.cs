using OpsBot.Ingress.Reading;

namespace OpsBot.Ingress.Webhooks;

/// <summary>How one sender writes. Pure: no I/O, no clock; a member that is wrong throws <see cref="UnreadableException"/>.</summary>
internal abstract class WebhookFormat
{
    /// <summary>The sender, as in <c>messages.source</c> and in the route.</summary>
    public abstract string Source { get; }

    /// <summary>What the body says. <see cref="UnreadableException"/> names a field that cannot be read.</summary>
    public abstract Normalised Normalise(WebhookHeaders headers, JsonView body);

    /// <summary>The sender's id of this delivery; null where it gives none.</summary>
    public virtual string? DeliveryKey(WebhookHeaders headers, JsonView body) => null;

    /// <summary>As <see cref="ReadDelivery.OneKeyForAllRuns"/>.</summary>
    public virtual bool OneKeyForAllRuns => false;

    /// <summary>Headers that <see cref="Normalise"/> looks at, to be kept with a delivery that cannot be read.</summary>
    public virtual bool Keeps(string header) => header.Equals("Content-Type", StringComparison.OrdinalIgnoreCase);

    /// <summary>The JSON documents of one body: itself, for most senders.</summary>
    public virtual IEnumerable<Part> Parts(WebhookHeaders headers, ReadOnlyMemory<byte> body) => [new Part(headers, body, body)];

    /// <summary>The headers that make a sample body what it is, authentication apart.</summary>
    /// <param name="body">The sample.</param>
    /// <param name="eventName">What the user says it is; null to tell by the body.</param>
    public virtual IReadOnlyDictionary<string, string> SampleHeaders(ReadOnlyMemory<byte> body, string? eventName) =>
        new Dictionary<string, string> { ["Content-Type"] = "application/json" };
}

/// <summary>One JSON document of a request.</summary>
/// <param name="Headers">The headers that belong to it.</param>
/// <param name="Body">Its bytes, to be kept.</param>
/// <param name="Json">Its bytes as JSON: the same, for most senders.</param>
internal readonly record struct Part(WebhookHeaders Headers, ReadOnlyMemory<byte> Body, ReadOnlyMemory<byte> Json);
