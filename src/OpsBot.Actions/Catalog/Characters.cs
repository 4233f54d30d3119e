using System.Globalization;
using System.Text;

namespace OpsBot.Actions.Catalog;

/// <summary>
/// Which characters an argument may be made of: printable ASCII, and with <c>unicode</c> letters of one script from a list of blocks that hold
/// precomposed letters only. So a value has one spelling, nothing in it is invisible, and no letter passes for another script's.
/// </summary>
internal static class Characters
{
    private static readonly (int From, int To, string Script)[] Letters =
    [
        ('A', 'Z', "Latin"), ('a', 'z', "Latin"), (0xC0, 0xD6, "Latin"), (0xD8, 0xF6, "Latin"), (0xF8, 0x17E, "Latin"), (0x218, 0x21B, "Latin"),
        (0x386, 0x386, "Greek"), (0x388, 0x3CE, "Greek"), (0x400, 0x45F, "Cyrillic"), (0x490, 0x491, "Cyrillic"),
        (0x5D0, 0x5EA, "Hebrew"), (0x3041, 0x3096, "Japanese"), (0x30A1, 0x30FA, "Japanese"), (0x4E00, 0x9FFF, "Han"), (0xAC00, 0xD7A3, "Korean"),
    ];

    /// <returns>Null where all may stand in an argument; otherwise what is wrong, to follow the value.</returns>
    public static string? Problem(string value, bool unicode)
    {
        string? script = null;
        foreach (var rune in value.EnumerateRunes())
        {
            if (rune == Rune.ReplacementChar)
            {
                return "holds half a character or U+FFFD";
            }

            if (rune.Value is < ' ' or 0x7F)
            {
                return $"holds the control character {Code(rune)}";
            }

            if (rune.IsAscii && !Rune.IsLetter(rune))
            {
                continue;
            }

            if (!rune.IsAscii && !unicode)
            {
                return $"holds {Code(rune)}, which is no ASCII character";
            }

            if (ScriptOf(rune.Value) is not { } own)
            {
                return $"holds {Code(rune)} ({Rune.GetUnicodeCategory(rune)}), which is no plain letter";
            }

            if (script is not null && Joined(script, own) is null)
            {
                return $"mixes letters of {script} and {own}, which can pass for each other";
            }

            script = script is null ? own : Joined(script, own);
        }

        return null;
    }

    /// <summary>Japanese is written with Han; no other two go together.</summary>
    private static string? Joined(string a, string b) => a == b ? a : (a, b) is ("Han", "Japanese") or ("Japanese", "Han") ? "Japanese" : null;

    private static string? ScriptOf(int code)
    {
        foreach (var (from, to, script) in Letters)
        {
            if (code >= from && code <= to)
            {
                return script;
            }
        }

        return null;
    }

    private static string Code(Rune rune) => string.Create(CultureInfo.InvariantCulture, $"U+{rune.Value:X4}");
}
