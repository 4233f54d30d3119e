using System.Text.Json;
using System.Text.Unicode;

namespace OpsBot.Ingress.Reading;

/// <summary>Turns bytes of unknown origin into a document that can be read without surprises.</summary>
internal static class JsonBody
{
    /// <summary>Nesting beyond this is kept in the quarantine; no sender of ours comes near it.</summary>
    public const int MaxDepth = 64;

    private const int ScanDepth = 1_000_000;

    private static readonly byte[] ReplacementEscape = "\\ufffd"u8.ToArray();

    /// <exception cref="NotJsonException">Empty, not UTF-8, or not JSON.</exception>
    /// <exception cref="UnreadableException">JSON that nests deeper than <see cref="MaxDepth"/>.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> body)
    {
        if (body.Span.StartsWith("\uFEFF"u8))
            body = body[3..];
        if (body.Span.Trim(" \t\r\n"u8).IsEmpty)
            throw new NotJsonException("The body is empty; send a JSON document.");
        if (!Utf8.IsValid(body.Span))
            throw new NotJsonException("The body is not UTF-8; send JSON in UTF-8.");

        var text = WithoutUnstorableCharacters(body);
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
            throw new NotJsonException($"The body is not JSON: line {wrong.LineNumber + 1}, byte {wrong.BytePositionInLine + 1}.");
        }
    }

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

    // JSON may escape half a surrogate pair, which is no character, and U+0000, which PostgreSQL refuses in text.
    // Both become U+FFFD here, once, so that nothing behind this line has to think of them.
    private static ReadOnlyMemory<byte> WithoutUnstorableCharacters(ReadOnlyMemory<byte> body)
    {
        byte[]? copy = null;
        var text = body.Span;
        for (var at = text.IndexOf((byte)'\\'); at >= 0 && at + 1 < text.Length;)
        {
            var step = 2;
            if (CodeUnit(text, at) is { } unit)
            {
                step = 6;
                if (char.IsHighSurrogate((char)unit) && CodeUnit(text, at + 6) is { } low && char.IsLowSurrogate((char)low))
                    step = 12;
                else if (unit == 0 || char.IsSurrogate((char)unit))
                    ReplacementEscape.CopyTo((copy ??= body.ToArray()).AsSpan(at));
            }

            if (at + step >= text.Length)
                break;
            var next = text[(at + step)..].IndexOf((byte)'\\');
            at = next < 0 ? -1 : at + step + next;
        }

        return copy ?? body;
    }

    private static int? CodeUnit(ReadOnlySpan<byte> text, int at) =>
        at + 6 <= text.Length && text[at] == '\\' && text[at + 1] == 'u'
        && System.Buffers.Text.Utf8Parser.TryParse(text.Slice(at + 2, 4), out ushort unit, out var used, 'x') && used == 4
            ? unit
            : null;
}
