namespace OpsBot.Runtime.Search;

/// <summary>Turns text into the terms that are indexed and asked for.</summary>
public static class Words
{
    /// <summary>Words read of one text; what lies behind is not searched.</summary>
    public const int MaxWords = 40_000;

    private static readonly HashSet<string> StopWords = new(StringComparer.Ordinal)
    {
        "an", "and", "are", "as", "at", "be", "been", "but", "by", "can", "do", "does", "for", "from", "had", "has", "have", "if", "in",
        "into", "is", "it", "its", "may", "more", "of", "on", "or", "should", "so", "some", "than", "that", "the", "their", "them", "then",
        "there", "these", "they", "this", "to", "was", "were", "when", "which", "while", "will", "with", "you", "your",
    };

    /// <summary>
    /// Stems of the words, in order. An identifier gives its parts (<c>KubePodCrashLooping</c>: kube, pod, crash, loop) and, behind them,
    /// itself in lower case without separators, so that a name matches both in full and in part.
    /// </summary>
    public static List<Word> Of(string? text)
    {
        var words = new List<Word>();
        if (text is null)
        {
            return words;
        }
        var start = -1;
        for (var i = 0; i <= text.Length && words.Count < MaxWords; i++)
        {
            var inside = i < text.Length && !IsWithoutSpaces(text[i]) && (char.IsLetterOrDigit(text[i]) || text[i] is '_' or '-');
            if (inside && start < 0)
            {
                start = i;
            }
            else if (!inside && start >= 0)
            {
                Add(words, text.AsSpan(start, i - start));
                start = -1;
            }
            if (i < text.Length && IsWithoutSpaces(text[i]))
            {
                i = AddPairs(words, text, i) - 1;
            }
        }
        return words;
    }

    /// <summary>Scripts that put no spaces between words: every two neighbours are a term, as a word mostly has two of them.</summary>
    private static bool IsWithoutSpaces(char letter) => letter is (>= '\u3040' and <= '\u30ff') or (>= '\u3400' and <= '\u9fff') or (>= '\uac00' and <= '\ud7af');

    /// <returns>Where the run of such letters ends.</returns>
    private static int AddPairs(List<Word> words, string text, int from)
    {
        var end = from;
        while (end < text.Length && IsWithoutSpaces(text[end]))
        {
            end++;
        }
        for (var i = from; i < Math.Max(from + 1, end - 1) && words.Count < MaxWords; i++)
        {
            var pair = text[i..Math.Min(end, i + 2)];
            words.Add(new Word(pair, pair, Whole: false));
        }
        return end;
    }

    private static void Add(List<Word> words, ReadOnlySpan<char> identifier)
    {
        // nobody searches for a digest or a line of dashes
        if (identifier.Length > 100)
        {
            return;
        }
        var parts = 0;
        var from = 0;
        for (var i = 1; i <= identifier.Length; i++)
        {
            if (i < identifier.Length && !IsBoundary(identifier, i))
            {
                continue;
            }
            var part = identifier[from..i].Trim("_-").ToString().ToLowerInvariant();
            from = i;
            // "isn't" and "OSD(s)" leave a letter that means nothing
            if (part.Length == 0 || (part.Length == 1 && !char.IsDigit(part[0])))
            {
                continue;
            }
            parts++;
            if (!StopWords.Contains(part))
            {
                words.Add(new Word(Stemmer.Stem(part), part, Whole: false));
            }
        }
        if (parts > 1)
        {
            var whole = string.Concat(identifier.ToString().Where(char.IsLetterOrDigit)).ToLowerInvariant();
            words.Add(new Word(whole, whole, Whole: true));
        }
    }

    private static bool IsBoundary(ReadOnlySpan<char> text, int i) =>
        text[i] is '_' or '-'
        || (char.IsUpper(text[i])
            && (char.IsLower(text[i - 1])
                || (char.IsUpper(text[i - 1]) && i + 1 < text.Length && char.IsLower(text[i + 1]) && !IsPluralAcronym(text, i))));

    /// <summary><c>PVCs</c> is one word.</summary>
    private static bool IsPluralAcronym(ReadOnlySpan<char> text, int i) => text[i + 1] == 's' && (i + 2 == text.Length || !char.IsLower(text[i + 2]));
}

/// <param name="Term">What is indexed.</param>
/// <param name="Text">The word as written, in lower case.</param>
/// <param name="Whole">A whole identifier, behind its parts.</param>
public readonly record struct Word(string Term, string Text, bool Whole);
