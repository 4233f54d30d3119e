using System.Globalization;
using System.Text;

namespace OpsBot.Incidents.Timeline;

/// <summary>Makes text from outside fit for one line: bounded, without control or direction-changing characters.</summary>
public static class PlainText
{
    /// <summary>Reads at most four times <paramref name="max"/> characters, however long the text is.</summary>
    /// <param name="max">Greatest length of the result, the closing … included.</param>
    public static string OneLine(string? text, int max)
    {
        if (string.IsNullOrEmpty(text))
            return "";
        var seen = text.AsSpan(0, Math.Min(text.Length, max * 4));
        var line = new StringBuilder(Math.Min(seen.Length, max));
        var gap = false;
        var cut = seen.Length < text.Length;
        foreach (var rune in seen.EnumerateRunes())
        {
            if (IsGap(rune))
            {
                gap = line.Length > 0;
                continue;
            }

            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.PrivateUse)
                continue;
            if (line.Length + rune.Utf16SequenceLength + (gap ? 1 : 0) > max)
            {
                cut = true;
                break;
            }

            if (gap)
                line.Append(' ');
            gap = false;
            line.Append(rune);
        }

        if (!cut)
            return line.ToString();
        if (line.Length >= max)
            line.Length = char.IsLowSurrogate(line[max - 1]) ? max - 2 : max - 1;
        return line.Append('…').ToString();
    }

    /// <summary>The same, null for what is blank.</summary>
    public static string? OneLineOrNull(string? text, int max) => OneLine(text, max) is { Length: > 0 } line ? line : null;

    /// <summary>Cuts without looking inside: for text of several lines, whose surfaces escape it.</summary>
    public static string? Cut(string? text, int max) =>
        text is null || text.Length <= max ? text : string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[max - 2]) ? max - 2 : max - 1), "…");

    private static bool IsGap(Rune rune) =>
        Rune.IsWhiteSpace(rune) || Rune.IsControl(rune)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
