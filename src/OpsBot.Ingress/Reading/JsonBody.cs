using System.Text.Json;
using System.Text.Unicode;
using OpsBot.Runtime.Text;

namespace OpsBot.Ingress.Reading;

/// <summary>Turns bytes of unknown origin into a document that can be read without surprises.</summary>
internal static class JsonBody
{
    /// <summary>Nesting beyond this is kept in the quarantine; no sender of ours comes near it.</summary>
    public const int MaxDepth = 64;

    private const int ScanDepth = 1_000_000;

    /// <exception cref="NotJsonException">Empty, not UTF-8, or not JSON.</exception>
    /// <exception cref="UnreadableException">JSON that nests deeper than <see cref="MaxDepth"/>.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> body)
    {
        body = Checked(body);
        ReadOnlyMemory<byte> text = JsonEscapes.Mended(body.Span) is { } mended ? mended : body;
        try
        {
            return JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = MaxDepth });
        }
        catch (JsonException) when (IsJson(text.Span))
        {
            throw new UnreadableException("$", $"nested deeper than {MaxDepth} levels");
        }
        catch (JsonException wrong)
        {
            throw NotJson(wrong);
        }
    }

    /// <summary>The elements of an array, each as its bytes, however deep they nest; null where the body is no array.</summary>
    /// <exception cref="NotJsonException">Empty, not UTF-8, or not JSON.</exception>
    public static IReadOnlyList<ReadOnlyMemory<byte>>? Elements(ReadOnlyMemory<byte> body)
    {
        body = Checked(body);
        var reader = new Utf8JsonReader(body.Span, new JsonReaderOptions { MaxDepth = ScanDepth });
        var elements = new List<ReadOnlyMemory<byte>>();
        try
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartArray)
                return null;
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                elements.Add(body[start..(int)reader.BytesConsumed]);
            }

            reader.Read();
            return elements;
        }
        catch (JsonException wrong)
        {
            throw NotJson(wrong);
        }
    }

    private static ReadOnlyMemory<byte> Checked(ReadOnlyMemory<byte> body)
    {
        if (body.Span.StartsWith("\uFEFF"u8))
            body = body[3..];
        if (body.Span.Trim(" \t\r\n"u8).IsEmpty)
            throw new NotJsonException("The body is empty; send a JSON document.");
        if (!Utf8.IsValid(body.Span))
            throw new NotJsonException("The body is not UTF-8; send JSON in UTF-8.");
        return body;
    }

    private static NotJsonException NotJson(JsonException wrong) =>
        new($"The body is not JSON: line {wrong.LineNumber + 1}, byte {wrong.BytePositionInLine + 1}.");

    private static bool IsJson(ReadOnlySpan<byte> text)
    {
        try
        {
            var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = ScanDepth });
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
