using System.Collections.Frozen;

namespace OpsBot.Runtime.Text;

/// <summary>The words of an alert's title and summary, as a set.</summary>
public static class TextTokens
{
    private const int MaxTitle = 300;
    private const int MaxSummary = 300;
    private const int MaxTokens = 40;

    // What every alert says says nothing.
    private static readonly FrozenSet<string> Noise = FrozenSet.ToFrozenSet(
        [
            "alert", "alerts", "firing", "resolved", "triggered", "acknowledged", "critical", "warning", "error", "high", "low", "info", "the", "and",
            "for", "has", "have", "was", "been", "with", "from", "than", "more", "over", "above", "below", "not", "are", "this", "that",
            "last", "minutes", "minute", "seconds", "threshold", "value", "current", "service", "on", "of", "in", "is", "to", "at", "an",
        ],
        StringComparer.Ordinal);

    public static IReadOnlySet<string> Of(string title, string? summary)
    {
        var tokens = new HashSet<string>(StringComparer.Ordinal);
        Add(title, MaxTitle, tokens);
        Add(summary, MaxSummary, tokens);
        return tokens;
    }

    /// <summary>Shared words over all words (Jaccard), 0 to 1.</summary>
    public static double Similarity(IReadOnlySet<string> a, IReadOnlySet<string> b)
    {
        if (a.Count == 0 || b.Count == 0)
            return 0;
        var shared = a.Count(b.Contains);
        return (double)shared / (a.Count + b.Count - shared);
    }

    private static void Add(string? text, int max, HashSet<string> tokens)
    {
        var read = text.AsSpan(0, Math.Min(text?.Length ?? 0, max));
        var start = 0;
        for (var i = 0; i <= read.Length; i++)
        {
            if (i < read.Length && char.IsLetterOrDigit(read[i]) && !(i > start && char.IsUpper(read[i]) && char.IsLower(read[i - 1])))
                continue;
            AddWord(read[start..i], tokens);
            // At a hump of camelCase the next word begins here, at a separator behind it.
            start = i < read.Length && char.IsLetterOrDigit(read[i]) ? i : i + 1;
        }
    }

    private static void AddWord(ReadOnlySpan<char> word, HashSet<string> tokens)
    {
        // Figures differ from one evaluation of the same alert to the next.
        if (word.Length < 2 || tokens.Count >= MaxTokens || char.IsDigit(word[0]))
            return;
        var token = word.ToString().ToLowerInvariant();
        if (!Noise.Contains(token))
            tokens.Add(token);
    }
}
