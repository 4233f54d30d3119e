namespace OpsBot.Signals.LogTemplates;

/// <summary>Tells words that vary from words that a programmer wrote, by their characters alone.</summary>
internal static class WordShape
{
    /// <summary>Longer words are never constants.</summary>
    private const int LongestConstant = 64;

    /// <summary>Letters, digits and what holds an identifier together.</summary>
    public static bool IsWordChar(char c) =>
        c < 128 ? char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '%' or '$' or '+' : !char.IsWhiteSpace(c);

    public static bool HasDigit(ReadOnlySpan<char> word) => word.ContainsAnyInRange('0', '9');

    /// <summary>True for numbers, measures, addresses, hashes and numbered names; false for words that merely hold a digit (<c>eth1</c>).</summary>
    public static bool Varies(ReadOnlySpan<char> word)
    {
        if (word.Length > LongestConstant) return true;
        if (!HasDigit(word)) return false;
        if (char.IsAsciiDigit(word[0]) || (word.Length > 1 && word[0] is '-' or '+' or '$' && char.IsAsciiDigit(word[1]))) return true;
        if (word.Length >= 24 || EndsWithNumber(word)) return true;
        var start = 0;
        for (var i = 0; i <= word.Length; i++)
        {
            if (i < word.Length && word[i] is not ('-' or '_' or '.')) continue;
            if (PieceVaries(word[start..i])) return true;
            start = i + 1;
        }

        return false;
    }

    /// <summary>Two or more dots and no digits needed: <c>a.b.c</c>, a host name where a port follows.</summary>
    public static bool IsDotted(ReadOnlySpan<char> word) => word.Count('.') >= 2;

    /// <summary>A day or month (<c>Sun</c>, <c>Dec</c>) that stands in a date.</summary>
    public static bool IsDateName(ReadOnlySpan<char> word, ReadOnlySpan<char> rest)
    {
        var month = word is "Jan" or "Feb" or "Mar" or "Apr" or "May" or "Jun" or "Jul" or "Aug" or "Sep" or "Oct" or "Nov" or "Dec";
        if (!month && word is not ("Mon" or "Tue" or "Wed" or "Thu" or "Fri" or "Sat" or "Sun")) return false;
        rest = rest.TrimStart(" ,/-");
        if (rest.IsEmpty) return false;
        return char.IsAsciiDigit(rest[0]) || (!month && rest.Length > 4 && rest[3] == ' ' && IsDateName(rest[..3], rest[3..]));
    }

    private static bool EndsWithNumber(ReadOnlySpan<char> word) =>
        word.Length >= 3 && char.IsAsciiDigit(word[^1]) && char.IsAsciiDigit(word[^2]) && char.IsAsciiDigit(word[^3]);

    private static bool PieceVaries(ReadOnlySpan<char> piece)
    {
        if (piece.IsEmpty) return false;
        int digits = 0, changes = 0;
        var hex = true;
        for (var i = 0; i < piece.Length; i++)
        {
            var digit = char.IsAsciiDigit(piece[i]);
            if (digit) digits++;
            if (i > 0 && digit != char.IsAsciiDigit(piece[i - 1])) changes++;
            hex &= char.IsAsciiHexDigit(piece[i]);
        }

        if (digits == piece.Length) return true;
        if (digits == 0) return false;

        // ab12cd (a commit, a pod's suffix) against jk2, utf8, log4j
        return (hex && piece.Length >= 6) || (piece.Length >= 5 && changes >= 3);
    }
}
