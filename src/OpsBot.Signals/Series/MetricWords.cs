using System.Text;

namespace OpsBot.Signals.Series;

/// <summary>Splits names into lower-case words: at signs, between digits-free camel humps, and before a run of capitals ends.</summary>
public static class MetricWords
{
    /// <summary><c>PodServerLatencyP90(s)</c> gives pod, server, latency, p90, s.</summary>
    public static IReadOnlyList<string> Of(string name)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        for (var i = 0; i < name.Length; i++)
        {
            var c = name[i];
            if (!char.IsLetterOrDigit(c))
            {
                Flush(words, word);
                continue;
            }

            var hump = char.IsUpper(c) && i > 0
                && (char.IsLower(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1]) && char.IsUpper(name[i - 1])));
            if (hump)
            {
                Flush(words, word);
            }

            word.Append(char.ToLowerInvariant(c));
        }

        Flush(words, word);
        return words;
    }

    private static void Flush(List<string> words, StringBuilder word)
    {
        if (word.Length > 0)
        {
            words.Add(word.ToString());
            word.Clear();
        }
    }
}
