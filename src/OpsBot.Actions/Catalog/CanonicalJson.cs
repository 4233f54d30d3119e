using System.Buffers;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using OpsBot.Contracts;

namespace OpsBot.Actions.Catalog;

/// <summary>One spelling of a JSON value: keys in ordinal order, UTF-8, no white space, so that equal content has an equal hash.</summary>
internal static class CanonicalJson
{
    /// <summary>SHA-256, lower-case hex, of a value in its one spelling.</summary>
    public static string Hash<T>(T value) => Convert.ToHexStringLower(SHA256.HashData(Bytes(JsonSerializer.SerializeToNode(value, OpsBotJson.Options))));

    public static byte[] Bytes(JsonNode? node)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            Write(writer, node);
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, JsonNode? node)
    {
        switch (node)
        {
            case null:
                writer.WriteNullValue();
                break;
            case JsonObject map:
                writer.WriteStartObject();
                foreach (var (key, value) in map.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(key);
                    Write(writer, value);
                }

                writer.WriteEndObject();
                break;
            case JsonArray list:
                writer.WriteStartArray();
                foreach (var item in list)
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            default:
                node.WriteTo(writer);
                break;
        }
    }
}
