using System.Text;

namespace OpsBot.Storage.Engine;

/// <summary>
/// What PostgreSQL's <c>text</c> cannot hold, and what stands in its place: U+0000 and halves of surrogate pairs become U+FFFD, the character for what could
/// not be shown. Nothing else is touched. JSON loses nothing by it: there both are written as escapes, which are plain text.
/// </summary>
internal static class PostgresText
{
    private const char Instead = '\uFFFD';

    /// <summary>The same text where it can be stored.</summary>
    public static string Storable(string text)
    {
        var first = FirstUnstorable(text);
        return first < 0 ? text : Replaced(text, first);
    }

    private static int FirstUnstorable(string text)
    {
        // Nearly every text holds neither, and many are long.
        var at = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF');
        var nought = text.IndexOf('\0', StringComparison.Ordinal);
        if (at < 0 || (nought >= 0 && nought < at))
        {
            return nought;
        }

        for (; at < text.Length; at++)
        {
            if (IsPair(text, at))
            {
                at++;
            }
            else if (text[at] == '\0' || char.IsSurrogate(text[at]))
            {
                return at;
            }
        }

        return -1;
    }

    private static string Replaced(string text, int first)
    {
        var whole = new StringBuilder(text.Length).Append(text, 0, first);
        for (var at = first; at < text.Length; at++)
        {
            if (IsPair(text, at))
            {
                whole.Append(text[at++]).Append(text[at]);
            }
            else
            {
                whole.Append(text[at] == '\0' || char.IsSurrogate(text[at]) ? Instead : text[at]);
            }
        }

        return whole.ToString();
    }

    private static bool IsPair(string text, int at) => char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]);
}
