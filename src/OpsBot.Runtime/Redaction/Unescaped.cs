using System.Globalization;
using System.Text;

namespace OpsBot.Runtime.Redaction;

/// <summary>A text with percent-encoding and JSON's escapes undone once.</summary>
/// <param name="Text">The plain text.</param>
/// <param name="Places">Where each of its characters began in the escaped text, and one more for its end.</param>
internal sealed record Unescaped(string Text, int[] Places)
{
    /// <summary>Null where there was nothing to undo.</summary>
    public static Unescaped? Of(ReadOnlySpan<char> text)
    {
        if (text.IndexOfAny('%', '\\') < 0) return null;
        var plain = new StringBuilder(text.Length);
        var places = new int[text.Length + 1];
        for (var i = 0; i < text.Length;)
        {
            var (c, length) = Next(text[i..]);
            places[plain.Length] = i;
            plain.Append(c);
            i += length;
        }

        if (plain.Length == text.Length) return null;
        places[plain.Length] = text.Length;
        return new Unescaped(plain.ToString(), places);
    }

    private static (char Char, int Length) Next(ReadOnlySpan<char> text)
    {
        if (text.Length > 1 && text[0] == '\\')
        {
            switch (text[1])
            {
                case '"' or '\'' or '\\' or '/':
                    return (text[1], 2);
                case 'n':
                    return ('\n', 2);
                case 'r':
                    return ('\r', 2);
                case 't':
                    return ('\t', 2);
                case 'u' when text.Length >= 6 && Code(text[2..6]) is { } code:
                    return (code, 6);
                case 'x' when text.Length >= 4 && Code(text[2..4]) is { } code:
                    return (code, 4);
            }
        }

        return text.Length > 2 && text[0] == '%' && Code(text[1..3]) is { } encoded ? (encoded, 3) : (text[0], 1);
    }

    private static char? Code(ReadOnlySpan<char> digits) =>
        int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) ? (char)code : null;
}
