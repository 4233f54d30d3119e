using System.Globalization;
using System.Text;

namespace OpsBot.Actions.Approvals;

/// <summary>Text from outside as one bounded line without control or direction-changing characters: it goes into sentences and records.</summary>
internal static class OneLine
{
    public static string Of(string? text, int most)
    {
        if (string.IsNullOrWhiteSpace(text))
            return "";
        var line = new StringBuilder();
        foreach (var rune in text.AsSpan(0, Math.Min(text.Length, 4 * most)).EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune) || Rune.IsControl(rune))
                _ = line.Length > 0 && line[^1] != ' ' ? line.Append(' ') : line;
            else if (Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Format or UnicodeCategory.PrivateUse))
                line.Append(rune);
            if (line.Length >= most)
                return line.Append('…').ToString();
        }

        return line.ToString().TrimEnd();
    }
}
