using System.Text;

namespace OpsBot.Runtime.Text;

/// <summary>A line of a log as a person at a terminal would see it.</summary>
public static class TerminalLine
{
    /// <summary>Characters of a line that are looked at. No line of a trainer comes near it.</summary>
    public const int MaxChars = 16_384;

    private const char Escape = '\u001b';

    /// <summary>Without colours and cursor movements, without what a carriage return has overwritten, cut to <see cref="MaxChars"/>.</summary>
    public static string Clean(string line)
    {
        var shown = LastDrawn(line);
        var text = new StringBuilder(Math.Min(shown.Length, MaxChars));
        for (var i = 0; i < shown.Length && text.Length < MaxChars; i++)
        {
            if (shown[i] == Escape)
                i = EndOfSequence(shown, i);
            else if (shown[i] == '\t' || !char.IsControl(shown[i]))
                text.Append(shown[i]);
        }

        return text.ToString();
    }

    /// <summary>The last stretch between carriage returns that is not blank.</summary>
    private static ReadOnlySpan<char> LastDrawn(ReadOnlySpan<char> line)
    {
        line = line.TrimEnd("\r\n");
        while (line.LastIndexOf('\r') is var at and >= 0)
        {
            if (!line[(at + 1)..].IsWhiteSpace())
                return line[(at + 1)..];
            line = line[..at];
        }

        return line;
    }

    /// <summary>Index of the last character of the control sequence that begins at <paramref name="at"/>.</summary>
    private static int EndOfSequence(ReadOnlySpan<char> text, int at)
    {
        if (at + 1 >= text.Length)
            return at;
        var i = at + 2;
        switch (text[at + 1])
        {
            case '[':
                while (i < text.Length && text[i] is >= ' ' and < '@')
                    i++;
                return Math.Min(i, text.Length - 1);
            case ']':
                // a title or a link: to BEL or ESC \
                while (i < text.Length && text[i] != '\a' && text[i] != Escape)
                    i++;
                return i < text.Length && text[i] == Escape ? Math.Min(i + 1, text.Length - 1) : Math.Min(i, text.Length - 1);
            default:
                return at + 1;
        }
    }
}
