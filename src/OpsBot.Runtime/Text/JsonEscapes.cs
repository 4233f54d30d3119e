using System.Buffers.Text;
using System.Text;

namespace OpsBot.Runtime.Text;

/// <summary>
/// JSON may escape half a surrogate pair, which is no character, and U+0000, which PostgreSQL refuses in text. Both become U+FFFD
/// here, once, so that nothing that reads the document has to think of them.
/// </summary>
public static class JsonEscapes
{
    private static readonly byte[] Replacement = "\\ufffd"u8.ToArray();

    /// <summary>A copy of the JSON text, UTF-8, in which each such escape is <c>\ufffd</c>; null where there was none.</summary>
    public static byte[]? Mended(ReadOnlySpan<byte> text)
    {
        byte[]? copy = null;
        for (var at = text.IndexOf((byte)'\\'); at >= 0 && at + 1 < text.Length;)
        {
            var step = 2;
            if (CodeUnit(text, at) is { } unit)
            {
                step = 6;
                if (char.IsHighSurrogate((char)unit) && CodeUnit(text, at + 6) is { } low && char.IsLowSurrogate((char)low))
                    step = 12;
                else if (unit == 0 || char.IsSurrogate((char)unit))
                    Replacement.CopyTo((copy ??= text.ToArray()).AsSpan(at));
            }

            if (at + step >= text.Length)
                break;
            var next = text[(at + step)..].IndexOf((byte)'\\');
            at = next < 0 ? -1 : at + step + next;
        }

        return copy;
    }

    /// <summary>The JSON text with each such escape replaced.</summary>
    public static string Mended(string text) =>
        text.Contains("\\u", StringComparison.Ordinal) && Mended(Encoding.UTF8.GetBytes(text)) is { } mended ? Encoding.UTF8.GetString(mended) : text;

    private static int? CodeUnit(ReadOnlySpan<byte> text, int at) =>
        at + 6 <= text.Length && text[at] == '\\' && text[at + 1] == 'u'
        && Utf8Parser.TryParse(text.Slice(at + 2, 4), out ushort unit, out var used, 'x') && used == 4
            ? unit
            : null;
}
