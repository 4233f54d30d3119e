namespace OpsBot.Signals.TrainingLogs;

/// <summary>
/// A line that holds one dictionary, as Python prints it (<c>{'loss': 2.1, 'epoch': 0.4}</c>) or as JSON with what JSON has no words for
/// (NaN, Infinity). Members of a dictionary inside are named <c>outer/inner</c>; lists and texts that are no number are left out.
/// </summary>
internal static class DictionaryLine
{
    private const int MaxDepth = 4;

    /// <summary>Null where the line holds no dictionary or one that does not end.</summary>
    public static LineReading? Read(string line)
    {
        var start = line.IndexOf('{', StringComparison.Ordinal);
        if (start < 0)
            return null;
        var reading = new LineReading();
        var at = start;
        return Members(line, ref at, "", 1, reading) ? reading : null;
    }

    private static bool Members(string text, ref int at, string prefix, int depth, LineReading into)
    {
        at++;
        while (true)
        {
            SkipSpace(text, ref at);
            if (at >= text.Length)
                return false;
            if (text[at] == '}')
            {
                at++;
                return true;
            }

            if (text[at] == ',')
            {
                at++;
                continue;
            }

            if (!Member(text, ref at, prefix, depth, into))
                return false;
        }
    }

    private static bool Member(string text, ref int at, string prefix, int depth, LineReading into)
    {
        if (Quoted(text, ref at) is not { } name)
            return false;
        SkipSpace(text, ref at);
        if (at >= text.Length || text[at] != ':')
            return false;
        at++;
        SkipSpace(text, ref at);
        if (at >= text.Length)
            return false;
        var full = prefix.Length == 0 ? name : $"{prefix}/{name}";
        if (text[at] == '{')
            return depth < MaxDepth && Members(text, ref at, full, depth + 1, into);
        if (text[at] is '\'' or '"')
        {
            if (Quoted(text, ref at) is not { } value)
                return false;
            Take(full, value, into);
            return true;
        }

        var bare = Bare(text, ref at);
        Take(full, Unwrapped(bare), into);
        return true;
    }

    private static void Take(string name, ReadOnlySpan<char> value, LineReading into)
    {
        if (MetricNames.IsTime(name))
            into.At ??= TimeText.Parse(value);
        else
            into.Take(name, value);
    }

    /// <summary>Up to the comma or brace that ends the value; brackets of lists and calls are passed over whole.</summary>
    private static ReadOnlySpan<char> Bare(string text, ref int at)
    {
        var start = at;
        var open = 0;
        while (at < text.Length && (open > 0 || text[at] is not (',' or '}')))
        {
            open += text[at] switch { '[' or '(' or '{' => 1, ']' or ')' or '}' => -1, _ => 0 };
            at++;
        }

        return text.AsSpan(start, at - start).Trim();
    }

    /// <summary>The number in <c>tensor(0.5, device='cuda:0')</c> and <c>np.float64(0.5)</c>.</summary>
    private static ReadOnlySpan<char> Unwrapped(ReadOnlySpan<char> value)
    {
        var open = value.IndexOf('(');
        if (open <= 0 || !char.IsLetter(value[0]))
            return value;
        var inside = value[(open + 1)..];
        var end = inside.IndexOfAny(',', ')');
        return end < 0 ? inside : inside[..end];
    }

    private static string? Quoted(string text, ref int at)
    {
        if (at >= text.Length || text[at] is not ('\'' or '"'))
            return null;
        var quote = text[at];
        var start = ++at;
        while (at < text.Length && text[at] != quote)
            at += text[at] == '\\' ? 2 : 1;
        return at >= text.Length ? null : text[start..at++];
    }

    private static void SkipSpace(string text, ref int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
            at++;
    }
}
