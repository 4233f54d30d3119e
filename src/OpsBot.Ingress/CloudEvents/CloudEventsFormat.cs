using System.Text;
using OpsBot.Ingress.Reading;
using OpsBot.Ingress.Webhooks;

namespace OpsBot.Ingress.CloudEvents;

/// <summary>
/// CloudEvents 1.0 over HTTP (cloudevents.io): structured, binary and batch. An event of a type that is not ours is taken and dropped,
/// whatever its data; its identity, source + id, names the delivery.
/// </summary>
internal sealed class CloudEventsFormat : WebhookFormat
{
    private static readonly Dictionary<string, Func<CloudEvent, Normalised>> Types = new()
    {
        [AlertV1.Type] = AlertV1.Read,
        [DeployV1.Type] = DeployV1.Read,
        [TrainingV1.Type] = TrainingV1.Read,
    };

    public override string Source => "cloudevents";

    public override bool Keeps(string header) => base.Keeps(header) || header.StartsWith("ce-", StringComparison.OrdinalIgnoreCase);

    public override string? DeliveryKey(WebhookHeaders headers, JsonView body) =>
        body["source"].Text(int.MaxValue) is { } source && body["id"].Text(int.MaxValue) is { } id ? Bounds.Key($"{source}#{id}") : null;

    public override IEnumerable<Part> Parts(WebhookHeaders headers, ReadOnlyMemory<byte> body)
    {
        if (BinaryMode.Applies(headers))
            return [new Part(headers, body, BinaryMode.ToStructured(headers, body, Types.ContainsKey))];
        return Batch(body) ?? [new Part(headers, body, body)];
    }

    public override Normalised Normalise(WebhookHeaders headers, JsonView body)
    {
        if (!body.IsObject)
            throw body.Wrong("is not a CloudEvent");
        var version = body["specversion"];
        if (version.RequiredText() is not ("1.0" or "1"))
            throw version.Wrong("is not supported; send CloudEvents 1.0");
        _ = (body["id"].RequiredText(), body["source"].RequiredText());
        var type = body["type"].RequiredText();
        if (!Types.TryGetValue(type, out var read))
            return new Normalised.Nothing($"type {type} is none of {string.Join(", ", Types.Keys)}");
        using var embedded = CloudEvent.EmbeddedData(body);
        return read(new CloudEvent(body, embedded is null ? body["data"] : new JsonView(embedded.RootElement)));
    }

    public override IReadOnlyDictionary<string, string> SampleHeaders(ReadOnlyMemory<byte> body, string? eventName) =>
        new Dictionary<string, string>
        {
            ["Content-Type"] = Encoding.UTF8.GetString(body.Span).TrimStart('\uFEFF', ' ', '\t', '\r', '\n').StartsWith('[')
                ? "application/cloudevents-batch+json"
                : "application/cloudevents+json",
        };

    // an array is a batch whatever Content-Type says: it can be nothing else
    private static List<Part>? Batch(ReadOnlyMemory<byte> body)
    {
        if (JsonBody.Elements(body) is not { } events)
            return null;
        if (events.Count > Bounds.Items)
            throw new UnreadableException("$", $"{events.Count} events in one batch; at most {Bounds.Items} are read");
        var headers = new WebhookHeaders([KeyValuePair.Create("Content-Type", "application/cloudevents+json")]);
        return [.. events.Select(text => new Part(headers, text, text))];
    }
}
