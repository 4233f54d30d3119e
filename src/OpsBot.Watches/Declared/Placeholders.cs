using System.Text.RegularExpressions;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Training;

namespace OpsBot.Watches.Declared;

/// <summary>The words of an event in what a declaration observes. What an event says goes into queries and paths, and so only in characters that mean nothing there.</summary>
internal static partial class Placeholders
{
    public static readonly IReadOnlyList<string> Words = ["job", "name", "user", "environment"];

    /// <summary>The first placeholder that stands in a text; null for none.</summary>
    public static string? In(string text) => Words.FirstOrDefault(word => text.Contains($"{{{word}}}", StringComparison.Ordinal));

    /// <summary>The words of a job.</summary>
    public static IReadOnlyDictionary<string, string?> Of(TrainingJobReported job) => Of(job.ShortKey, job.Name, job.User, job.Environment);

    /// <summary>The words of a job that is known.</summary>
    public static IReadOnlyDictionary<string, string?> Of(TrainingJob job) => Of(job.ShortKey, job.Name, job.User, job.Environment);

    private static Dictionary<string, string?> Of(string key, string? name, string? user, string? environment) => new(StringComparer.Ordinal)
    {
        ["job"] = key,
        ["name"] = name ?? key,
        ["user"] = user,
        ["environment"] = environment,
    };

    /// <exception cref="FormatException">The event does not state a word, or states one that has no business in a query or a path.</exception>
    /// <param name="words">Those that there are; <see cref="Words"/> without them.</param>
    public static string Fill(string text, IReadOnlyDictionary<string, string?> values, IReadOnlyList<string>? words = null)
    {
        foreach (var word in words ?? Words)
        {
            var place = $"{{{word}}}";
            if (!text.Contains(place, StringComparison.Ordinal))
                continue;
            if (values.GetValueOrDefault(word) is not { Length: > 0 } value)
                throw new FormatException($"the event states no {word}");
            if (!(word.EndsWith("Instances", StringComparison.Ordinal) ? value.Split('|') : [value]).All(one => Harmless().IsMatch(one)) || value.Contains("..", StringComparison.Ordinal))
                throw new FormatException($"its {word} has characters that may not stand in a query or a path");
            text = text.Replace(place, value, StringComparison.Ordinal);
        }

        return text;
    }

    // A slash would lead out of the folder that the configuration names.
    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9_.:@+-]{0,199}$", RegexOptions.NonBacktracking)]
    private static partial Regex Harmless();
}
