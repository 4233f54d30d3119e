using System.Text.Json;
using Microsoft.Extensions.Logging;
using OpsBot.Contracts.Events;
using OpsBot.Ingress.Reading;

namespace OpsBot.Ingress.Webhooks;

/// <summary>The one place where a body becomes deliveries, and where what is wrong with it becomes an outcome.</summary>
internal sealed class WebhookReader(IEnumerable<WebhookFormat> formats, ILogger<WebhookReader> log) : IWebhookReader
{
    private readonly Dictionary<string, WebhookFormat> _formats = formats.ToDictionary(format => format.Source);

    public IReadOnlyList<string> Sources => [.. _formats.Keys];

    public IReadOnlyList<ReadDelivery> Read(
        string source, IReadOnlyDictionary<string, string> headers, ReadOnlyMemory<byte> body, DateTimeOffset receivedAt) =>
        _formats.TryGetValue(source, out var format)
            ? Read(format, new WebhookHeaders(headers), body, receivedAt)
            : throw new ArgumentException($"No sender is called '{source}'; known are {string.Join(", ", _formats.Keys)}.", nameof(source));

    public IReadOnlyList<ReadDelivery> Read(
        WebhookFormat format, WebhookHeaders headers, ReadOnlyMemory<byte> body, DateTimeOffset receivedAt)
    {
        try
        {
            return [.. format.Parts(headers, body).SelectMany(part => ReadPart(format, part, receivedAt))];
        }
        catch (UnreadableException wrong)
        {
            return [Delivery(format, new Part(headers, body, body), null, new Normalised.Unreadable(wrong.Field, wrong.Reason))];
        }
    }

    private IReadOnlyList<ReadDelivery> ReadPart(WebhookFormat format, Part part, DateTimeOffset receivedAt)
    {
        string? key = null;
        try
        {
            using var document = JsonBody.Parse(part.Json);
            var json = new JsonView(document.RootElement);
            key = json.IsObject ? format.DeliveryKey(part.Headers, json) : null;
            var outcome = format.Normalise(part.Headers, json);
            var whole = Delivery(format, part, key, Received(outcome, receivedAt));
            return outcome is Normalised.Events { Rest: { } rest }
                ? [whole, Delivery(format, new Part(part.Headers, rest.Body, rest.Body), key is null ? null : Bounds.Key($"{key}#rest"), rest.Why)]
                : [whole];
        }
        catch (UnreadableException wrong)
        {
            return [Delivery(format, part, key, new Normalised.Unreadable(wrong.Field, wrong.Reason))];
        }
        catch (Exception fault) when (fault is not NotJsonException and not OutOfMemoryException)
        {
            // a fault of ours must not cost the sender's event: it is kept, and read again by a version that can
            IngressLog.ReadingFailed(log, format.Source, fault);
            return [Delivery(format, part, key, new Normalised.Unreadable("$", $"reading it failed: {fault.GetType().Name}"))];
        }
    }

    private static ReadDelivery Delivery(WebhookFormat format, Part part, string? key, Normalised outcome) => new(
        format.Source, key ?? Bounds.Sha256(part.Body.Span), part.Headers.Only(format.Keeps), part.Body, outcome, KeyIsOfBody: key is null)
    {
        OneKeyForAllRuns = format.OneKeyForAllRuns,
    };

    private static Normalised Received(Normalised outcome, DateTimeOffset at) => outcome is not Normalised.Events events
        ? outcome
        : events with
        {
            Items = [.. events.Items.Select(item => item with
            {
                Record = item.Record switch
                {
                    AlertReported alert => alert with { ReceivedAt = at },
                    DeployReported change => change with { ReceivedAt = at },
                    TrainingJobReported job => job with { ReceivedAt = at },
                    _ => throw new JsonException($"{item.Kind} has no time of receipt"),
                },
            })],
        };
}
