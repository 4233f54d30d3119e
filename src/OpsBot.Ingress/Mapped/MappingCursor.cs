using System.Globalization;

namespace OpsBot.Ingress.Mapped;

/// <summary>Reads a template or path from left to right and says where it is wrong.</summary>
internal sealed class MappingCursor(string text)
{
    private const string NotInNames = ".[]{}\"/? \t";

    public int Position { get; private set; }

    public bool AtEnd => Position >= text.Length;

    /// <summary>The next character; NUL at the end.</summary>
    public char Peek => AtEnd ? '\0' : text[Position];

    public string From(int start) => text[start..Position];

    public bool Take(string expected)
    {
        if (!text.AsSpan(Position).StartsWith(expected, StringComparison.Ordinal))
            return false;
        Position += expected.Length;
        return true;
    }

    public char Next() => text[Position++];

    public void Spaces()
    {
        while (Peek == ' ')
            Position++;
    }

    public string Name()
    {
        var start = Position;
        while (!AtEnd && !NotInNames.Contains(Peek, StringComparison.Ordinal) && !char.IsControl(Peek))
            Position++;
        return Position > start ? From(start) : throw Wrong("a name is missing");
    }

    /// <summary>A name in quotes and the bracket behind it; <c>\</c> takes the next character as it is.</summary>
    public string Quoted()
    {
        Position++;
        var name = new System.Text.StringBuilder();
        while (!AtEnd && Peek != '"')
        {
            if (Peek == '\\' && Position + 1 < text.Length)
                Position++;
            name.Append(Next());
        }

        return Take("\"]") && name.Length > 0 ? name.ToString() : throw Wrong("a name in brackets ends with \"]");
    }

    /// <summary>A number and the bracket behind it.</summary>
    public int Index()
    {
        var start = Position;
        while (char.IsAsciiDigit(Peek))
            Position++;
        return int.TryParse(From(start), NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index <= MappingLimits.Index && Take("]")
            ? index
            : throw Wrong($"in brackets stands *, a number up to {MappingLimits.Number(MappingLimits.Index)}, or a name in quotes");
    }

    /// <summary>Everything up to an end that must come, and the end.</summary>
    public string Until(string end, string what)
    {
        var at = text.IndexOf(end, Position, StringComparison.Ordinal);
        if (at < 0)
            throw Wrong($"{what} is not closed by {end}");
        var found = text[Position..at];
        Position = at + end.Length;
        return found;
    }

    public FormatException Wrong(string what) => new(FormattableString.Invariant($"'{text}' cannot be read at character {Position + 1}: {what}"));
}
