using System.Buffers;
using System.Text.Json;
using OpsBot.Ingress.Reading;
using OpsBot.Ingress.Webhooks;

namespace OpsBot.Ingress.CloudEvents;

/// <summary>Binary content mode: attributes in <c>ce-</c> headers, data in the body. Rewritten into the structured form, so that there is one reader.</summary>
internal static class BinaryMode
{
    private const string Prefix = "ce-";

    public static bool Applies(WebhookHeaders headers) =>
        headers[Prefix + "specversion"] is not null && !headers.MediaType.StartsWith("application/cloudevents", StringComparison.Ordinal);

    /// <param name="headers">The attributes.</param>
    /// <param name="body">The data, of any type.</param>
    /// <param name="reads">Whether the data of a type is looked at; other data may be anything and stays out.</param>
    /// <exception cref="NotJsonException">The data of a type that we read is not JSON.</exception>
    public static ReadOnlyMemory<byte> ToStructured(WebhookHeaders headers, ReadOnlyMemory<byte> body, Func<string, bool> reads)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in headers.StartingWith(Prefix))
                writer.WriteString(name[Prefix.Length..].ToLowerInvariant(), Uri.UnescapeDataString(value));
            if (reads(headers[Prefix + "type"] ?? ""))
            {
                using var data = JsonBody.Parse(body);
                writer.WritePropertyName("data");
                data.RootElement.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }
}
