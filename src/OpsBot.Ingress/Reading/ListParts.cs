using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using OpsBot.Ingress.Webhooks;

namespace OpsBot.Ingress.Reading;

/// <summary>Makes a delivery of each element of a list, so that of a thousand jobs the one that moved on is told from those that did not.</summary>
internal static class ListParts
{
    /// <summary>More in one body are not read.</summary>
    public const int MaxItems = 50_000;

    /// <summary>Longest member beside the list that goes with each of its elements.</summary>
    public const int MaxKeptBytes = 4096;

    /// <summary>For each element of the list a body of the same shape with that element alone; the body itself where there is no such list.</summary>
    /// <param name="headers">They belong to every part.</param>
    /// <param name="body">The whole body.</param>
    /// <param name="list">Names of the members that lead to the list.</param>
    /// <param name="kept">Members beside the list, at the top, that its elements are read with.</param>
    /// <exception cref="NotJsonException">The body is no JSON.</exception>
    /// <exception cref="UnreadableException">It holds more than <see cref="MaxItems"/>.</exception>
    public static IReadOnlyList<Part> Of(WebhookHeaders headers, ReadOnlyMemory<byte> body, IReadOnlyList<string> list, params IReadOnlyList<string> kept)
    {
        using var document = JsonBody.Parse(body);
        var found = document.RootElement;
        foreach (var name in list)
        {
            if (found.ValueKind != JsonValueKind.Object || !found.TryGetProperty(name, out found))
                return [new Part(headers, body, body)];
        }

        if (found.ValueKind != JsonValueKind.Array)
            return [new Part(headers, body, body)];
        if (found.GetArrayLength() > MaxItems)
            throw new UnreadableException(string.Join('.', list), $"{found.GetArrayLength()} elements in one body; at most {MaxItems} are read");
        foreach (var name in kept)
        {
            // each element gets a copy of it
            if (document.RootElement.TryGetProperty(name, out var beside) && JsonMarshal.GetRawUtf8Value(beside).Length is > MaxKeptBytes and var length)
                throw new UnreadableException(name, $"{length} bytes beside a list; at most {MaxKeptBytes} are read");
        }

        var parts = new List<Part>();
        foreach (var element in found.EnumerateArray())
        {
            var json = Write(document.RootElement, list, kept, element);
            parts.Add(new Part(headers, json, json));
        }

        return parts;
    }

    private static ReadOnlyMemory<byte> Write(JsonElement root, IReadOnlyList<string> list, IReadOnlyList<string> kept, JsonElement element)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var name in kept)
            {
                if (!root.TryGetProperty(name, out var member))
                    continue;
                writer.WritePropertyName(name);
                member.WriteTo(writer);
            }

            foreach (var name in list.SkipLast(1))
                writer.WriteStartObject(name);
            writer.WriteStartArray(list[^1]);
            element.WriteTo(writer);
            writer.WriteEndArray();
            foreach (var _ in list)
                writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }
}
