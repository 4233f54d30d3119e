namespace OpsBot.Signals.LogTemplates;

/// <summary>
/// One log line cut into words and the text between them, words that vary marked. Reused for every line: nothing is allocated.
/// </summary>
internal sealed class LineWords
{
    public const int MaxWords = 96;
    private const int MaxChars = 2000;

    /// <summary>Longest run of varying words that is kept apart; lists are longer.</summary>
    private const int MaxRun = 8;

    /// <summary>Hash that stands for every varying word.</summary>
    public const ulong Wild = 1;

    private readonly int[] _start = new int[MaxWords];
    private readonly int[] _end = new int[MaxWords];
    private readonly ulong[] _hash = new ulong[MaxWords];
    private readonly bool[] _digit = new bool[MaxWords];
    private int _run;
    private ulong _runFrame;
    private int _lastHttp;

    public int Count { get; private set; }

    /// <summary>Number of characters of the line that were looked at; what follows is one varying word.</summary>
    public int Length { get; private set; }

    /// <summary>Hash of the text between the words, runs of blanks as one.</summary>
    public ulong Frame { get; private set; }

    public ulong Hash(int word) => _hash[word];

    public bool IsWild(int word) => _hash[word] == Wild;

    /// <summary>The word varies or has a digit: it is never trusted to tell one kind of line from another.</summary>
    public bool IsDoubtful(int word) => _digit[word];

    public (int Start, int End) Span(int word) => (_start[word], _end[word]);

    public void Read(ReadOnlySpan<char> line)
    {
        Count = 0;
        _run = 0;
        _lastHttp = -9;
        Frame = 14695981039346656037;
        var cut = line.Length > MaxChars;
        if (cut) line = line[..MaxChars];
        Length = line.Length;
        var blank = true;
        for (var i = 0; i < line.Length;)
        {
            var c = line[i];
            if (WordShape.IsWordChar(c) && TryWord(line, ref i))
            {
                blank = false;
            }
            else if (c is '/' or '\\' && TryPath(line, ref i))
            {
                blank = false;
            }
            else
            {
                i++;
                var isBlank = char.IsWhiteSpace(c) || char.IsControl(c);
                if (!isBlank || !blank) Separate(isBlank ? ' ' : c);
                blank = isBlank;
            }

            if (Count == MaxWords)
            {
                // what is left belongs to the last word, which then varies
                _end[MaxWords - 1] = line.Length;
                _hash[MaxWords - 1] = Wild;
                break;
            }
        }

        if (cut && Count is > 0 and < MaxWords) Add(line.Length, line.Length, Wild, doubtful: true);
    }

    private void Separate(char c) => Frame = (Frame ^ c) * 1099511628211;

    private bool TryWord(ReadOnlySpan<char> line, ref int i)
    {
        // "-5" is a number, "--" and "- name" are punctuation
        if (line[i] is '-' or '.' or '+' or '%' or '$' && !(i + 1 < line.Length && char.IsAsciiDigit(line[i + 1]))) return false;
        var end = RunEnd(line, i);
        while (end > i && line[end - 1] is '.' or '-' or '+' or '$') end--;
        if (end == i) return false;
        var word = line[i..end];
        var wild = WordShape.Varies(word) || (word.Length == 3 && WordShape.IsDateName(word, line[end..]));
        var next = end < line.Length ? line[end] : '\0';
        if (next == ':' && end + 1 < line.Length)
        {
            if (line[(end + 1)..].StartsWith("//"))
            {
                end = TokenEnd(line, end);
                wild = true;
            }
            else if (TryColons(line, i, ref end))
            {
                wild = true;
            }
            else if (char.IsAsciiDigit(line[end + 1]))
            {
                if (WordShape.IsDotted(word)) wild = true;
                else if (wild && char.IsAsciiDigit(word[0])) end = ClockEnd(line, end);
            }
        }
        else if (next is '/' or '\\' && TryRelativePath(line, ref end))
        {
            wild = true;
        }
        else if (next is '"' or '\'' && i > 0 && line[i - 1] == next && !(end + 1 < line.Length && line[end + 1] == ':'))
        {
            wild |= word.IndexOfAnyExceptInRange('A', 'z') >= 0;
        }

        if (wild && Count == _lastHttp + 2 && word.Length == 3 && word[0] is >= '1' and <= '5')
        {
            // the class of an HTTP status tells a failure from a success
            Add(i, end, Text(word[..1]) ^ 0x5858, doubtful: false);
        }
        else
        {
            if (word is "HTTP") _lastHttp = Count;
            Add(i, end, wild ? Wild : Text(line[i..end]), wild || WordShape.HasDigit(word));
        }

        i = end;
        return true;
    }

    private void Add(int start, int end, ulong hash, bool doubtful)
    {
        _run = hash == Wild ? _run + 1 : 0;
        if (_run > MaxRun)
        {
            // a longer list is the same kind of line
            _end[Count - 1] = end;
            Frame = _runFrame;
            return;
        }

        _start[Count] = start;
        _end[Count] = end;
        _hash[Count] = hash;
        _digit[Count] = doubtful;
        Count++;
        Separate('\u0001');
        _runFrame = Frame;
    }

    /// <summary>True where the word at this place is the class of an HTTP status rather than its own text.</summary>
    public static bool IsStatus(ulong hash, ReadOnlySpan<char> word) =>
        word.Length == 3 && hash != Wild && hash == (Text(word[..1]) ^ 0x5858);

    public static ulong Text(ReadOnlySpan<char> word)
    {
        var hash = 14695981039346656037;
        foreach (var c in word) hash = (hash ^ c) * 1099511628211;
        return hash <= Wild ? 2 : hash;
    }

    private static int RunEnd(ReadOnlySpan<char> line, int i)
    {
        while (i < line.Length && WordShape.IsWordChar(line[i])) i++;
        return i;
    }

    /// <summary>End of a path or URL: a blank, a quote or a bracket; a full stop or colon before it is not part of it.</summary>
    private static int TokenEnd(ReadOnlySpan<char> line, int i)
    {
        var start = i;
        while (i < line.Length && !char.IsWhiteSpace(line[i]) && line[i] is not ('"' or '\'' or '<' or '>' or '|' or '(' or ')' or '[' or ']' or '{' or '}' or ',' or ';')) i++;
        while (i > start + 1 && line[i - 1] is '.' or ':') i--;
        return i;
    }

    private bool TryPath(ReadOnlySpan<char> line, ref int i)
    {
        var fresh = i == 0 || char.IsWhiteSpace(line[i - 1]) || line[i - 1] is '"' or '\'' or '=' or '(' or '[' or ',' or ':' or '<' or '>' or '|';
        if (!fresh || i + 1 >= line.Length || !WordShape.IsWordChar(line[i + 1])) return false;
        var end = TokenEnd(line, i);
        Add(i, end, Wild, doubtful: true);
        i = end;
        return true;
    }

    private static bool TryRelativePath(ReadOnlySpan<char> line, ref int end)
    {
        int i = end, slashes = 0;
        while (i < line.Length && (WordShape.IsWordChar(line[i]) || line[i] is '/' or '\\'))
        {
            if (line[i] is '/' or '\\') slashes++;
            i++;
        }

        if (slashes < 2) return false;
        while (line[i - 1] == '.') i--;
        end = i;
        return true;
    }

    /// <summary>Hexadecimal groups joined by colons: IPv6 and hardware addresses.</summary>
    private static bool TryColons(ReadOnlySpan<char> line, int start, ref int end)
    {
        int i = start, colons = 0, group = 0, widest = 0;
        while (i < line.Length && (char.IsAsciiHexDigit(line[i]) || line[i] == ':'))
        {
            group = line[i] == ':' ? 0 : group + 1;
            widest = Math.Max(widest, group);
            if (line[i] == ':') colons++;
            i++;
        }

        if (widest > 4 || colons < 2) return false;
        var text = line[start..i];
        if (colons < 4 && text.IndexOf("::") < 0) return false;
        if (!WordShape.HasDigit(text)) return false;
        while (line[i - 1] == ':') i--;
        if (i <= end) return false;
        end = i;
        return true;
    }

    /// <summary>Takes <c>12:30:01.5Z</c> as one; an IPv4 address keeps its port apart.</summary>
    private static int ClockEnd(ReadOnlySpan<char> line, int end)
    {
        var start = end;
        while (start > 0 && WordShape.IsWordChar(line[start - 1])) start--;
        if (line[start..end].Count('.') == 3) return end;
        while (end + 1 < line.Length && line[end] == ':' && char.IsAsciiDigit(line[end + 1])) end = RunEnd(line, end + 1);
        while (line[end - 1] is '.' or '-' or '+') end--;
        return end;
    }
}
