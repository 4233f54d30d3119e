namespace OpsBot.Runtime.Search;

/// <summary>
/// Light suffix stripping: <c>expires</c>, <c>expired</c> and <c>expiration</c> become one word. It only has to be the same on both sides,
/// so a stem need not be a word.
/// </summary>
public static class Stemmer
{
    /// <summary>Longest first; the shortest stem that each may leave.</summary>
    private static readonly (string Suffix, int MinStem)[] Suffixes =
    [
        ("ations", 4), ("ation", 4), ("ating", 4), ("ative", 4), ("ments", 4), ("ment", 4), ("ates", 4), ("ated", 4), ("ures", 4),
        ("ings", 4), ("ions", 4), ("ies", 3), ("ing", 3), ("ion", 4), ("ate", 4), ("ure", 4), ("ers", 4), ("ed", 3), ("es", 3), ("er", 4),
        ("ly", 4), ("s", 3), ("e", 3), ("y", 3),
    ];

    /// <param name="word">Lower case.</param>
    public static string Stem(string word)
    {
        if (word.Length <= 3 || word.Any(char.IsAsciiDigit))
        {
            return word;
        }
        foreach (var (suffix, minStem) in Suffixes)
        {
            if (word.Length - suffix.Length >= minStem && word.EndsWith(suffix, StringComparison.Ordinal) && !KeepsItsEnd(word, suffix))
            {
                return Undouble(word[..^suffix.Length]);
            }
        }
        return Undouble(word);
    }

    private static bool KeepsItsEnd(string word, string suffix) =>
        suffix == "s" && (word[^2] is 's' or 'u' or 'i');

    private static string Undouble(string stem) =>
        stem.Length > 3 && stem[^1] == stem[^2] && !"aeiou".Contains(stem[^1], StringComparison.Ordinal) ? stem[..^1] : stem;
}
