using System.Buffers;

namespace OpsBot.Runtime.Redaction;

/// <summary>Values of keys that announce a secret: <c>key=value</c>, <c>key: value</c>, JSON (escaped any number of times), XML, headers, options.</summary>
internal static class KeyValueSecrets
{
    private static readonly SearchValues<char> Separators = SearchValues.Create("=:>");
    private static readonly SearchValues<char> PlainStops = SearchValues.Create(" \t\r\n;&\"'`<,");
    private static readonly SearchValues<char> LettersAndDigits = SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    public static void Find(ReadOnlySpan<char> text, List<Finding> findings)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var at = text[i..].IndexOfAny(Separators);
            if (at < 0) break;
            i += at;
            var key = KeyBefore(text, i);
            if (key.IsEmpty) continue;
            var kind = SensitiveKeys.KindOf(key, out var whole);
            var conditional = kind is null && SensitiveKeys.IsIntegrationKey(key);
            if (kind is null && !conditional) continue;
            var (start, end) = whole ? Header(text, i + 1) : Value(text, i + 1, text[i]);
            if (end <= start || IsHarmless(key, text[start..end], conditional)) continue;
            findings.Add(new Finding(start, end, kind ?? "api-key"));
            i = Math.Max(i, end - 1);
        }

        FindOptions(text, findings);
    }

    /// <summary><c>--token value</c>: an option whose value is the next word.</summary>
    private static void FindOptions(ReadOnlySpan<char> text, List<Finding> findings)
    {
        for (var from = 0; ;)
        {
            var at = text[from..].IndexOf("--");
            if (at < 0) return;
            from += at + 2;
            var end = from;
            while (end < text.Length && IsKeyChar(text[end]) && end - from < 64) end++;
            if (end == from || end + 1 >= text.Length || text[end] != ' ' || text[end + 1] is '-' or ' ') continue;
            if (SensitiveKeys.KindOf(text[from..end], out _) is not { } kind) continue;
            var (start, stop) = Value(text, end + 1, ' ');
            if (stop > start && !IsHarmless(text[from..end], text[start..stop], false)) findings.Add(new Finding(start, stop, kind));
        }
    }

    private static bool IsKeyChar(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.';

    private static ReadOnlySpan<char> KeyBefore(ReadOnlySpan<char> text, int separator)
    {
        var end = separator;
        for (var blanks = 0; blanks < 4 && end > 0 && text[end - 1] is ' ' or '\t'; blanks++) end--;
        for (var marks = 0; marks < 16 && end > 0 && text[end - 1] is '"' or '\'' or '\\' or ']' or '`'; marks++) end--;
        var start = end;
        while (start > 0 && end - start < 128 && IsKeyChar(text[start - 1])) start--;
        return text[start..end];
    }

    private static (int Start, int End) Value(ReadOnlySpan<char> text, int i, char separator)
    {
        // ":=", "=>", "==" and "://" after a word
        if (separator is ':' && i < text.Length && text[i] is '/' or ':') return (i, i);
        while (i < text.Length && text[i] is '=' or '>') i++;
        while (i < text.Length && text[i] is ' ' or '\t') i++;
        if (separator == '>') return (i, EndOf(text, i, "<\r\n"));
        var slashes = 0;
        while (i + slashes < text.Length && text[i + slashes] == '\\') slashes++;
        if (i + slashes < text.Length && text[i + slashes] is '"' or '\'' or '`') return Quoted(text, i + slashes + 1, text[i + slashes], slashes);
        return (i, PlainEnd(text, i));
    }

    private static (int Start, int End) Header(ReadOnlySpan<char> text, int i)
    {
        while (i < text.Length && text[i] is ' ' or '\t' or '=' or '>') i++;
        var slashes = 0;
        while (i + slashes < text.Length && text[i + slashes] == '\\') slashes++;
        if (i + slashes < text.Length && text[i + slashes] is '"' or '\'' or '[')
        {
            if (text[i + slashes] == '[' && !text[i..].StartsWith("[redacted:")) return (i, EndOf(text, i, "]\r\n"));
            if (text[i + slashes] != '[') return Quoted(text, i + slashes + 1, text[i + slashes], slashes);
        }

        return (i, HeaderEnd(text, i));
    }

    /// <summary>The end of the line, or a quote that the header stands in. The quotes of <c>username="u"</c> belong to the header.</summary>
    private static int HeaderEnd(ReadOnlySpan<char> text, int start)
    {
        var inside = false;
        for (var i = start; i < text.Length; i++)
        {
            var c = text[i];
            if (c is '\r' or '\n') return i;
            if (c == '\\' && i + 1 < text.Length && text[i + 1] is 'r' or 'n') return i;
            if (c is not ('"' or '\'')) continue;
            var before = i;
            while (before > start && text[before - 1] == '\\') before--;
            if (!inside && (before == start || text[before - 1] != '=')) return before;
            inside = !inside;
        }

        return text.Length;
    }

    /// <summary>A string opened by a quote behind so many backslashes ends at the next quote at the same depth of escaping, or at the end of the text.</summary>
    private static (int Start, int End) Quoted(ReadOnlySpan<char> text, int start, char quote, int slashes)
    {
        var run = 0;
        for (var i = start; i < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                run++;
                continue;
            }

            if (text[i] == quote && run >= slashes && (run - slashes) % (2 * (slashes + 1)) == 0) return (start, i - slashes);
            if (text[i] == quote && run < slashes) return (start, i - run);
            run = 0;
        }

        return (start, text.Length);
    }

    private static int EndOf(ReadOnlySpan<char> text, int i, string stops)
    {
        var at = text[i..].IndexOfAny(stops);
        return at < 0 ? text.Length : i + at;
    }

    private static int PlainEnd(ReadOnlySpan<char> text, int start)
    {
        var end = start + (text[start..].IndexOfAny(PlainStops) is var first and >= 0 ? first : text.Length - start);

        // "password=a,b" is one secret; "password=a,user=b" is not
        while (end < text.Length && text[end] == ',')
        {
            var next = end + 1 + (text[(end + 1)..].IndexOfAny(PlainStops) is var at and >= 0 ? at : text.Length - end - 1);
            if (next == end + 1 || text[(end + 1)..next].ContainsAny('=', ':')) break;
            end = next;
        }

        while (end > start && text[end - 1] is ')' or '}' or ',' or '\\' || (end > start && text[end - 1] == ']' && !text[start..end].StartsWith("[redacted:"))) end--;
        return end;
    }

    private static bool IsHarmless(ReadOnlySpan<char> key, ReadOnlySpan<char> value, bool conditional)
    {
        if (value.StartsWith("[redacted:")) return true;
        if (conditional) return value.Length != 32 || value.ContainsAnyExcept(LettersAndDigits);
        if (!value.ContainsAnyExcept("*")) return true;
        if (key is "PWD" or "OLDPWD" && value[0] == '/') return true;
        return value is "true" or "false" or "null" or "none" or "None" or "nil" or "undefined" or "{" or "[" or "|";
    }
}
