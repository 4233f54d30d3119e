using System.Text.RegularExpressions;

namespace OpsBot.Evidence.Training;

/// <summary>Fills <c>{job}</c> and the like in. The values are what senders wrote: untrusted.</summary>
internal static partial class Words
{
    private const int MaxLength = 200;

    /// <summary>In a path: a value must be one plain name, so that nobody leads out of the folder.</summary>
    /// <exception cref="FormatException">A value is missing or is no plain name.</exception>
    public static string InPath(string template, IReadOnlyDictionary<string, string> words) => Fill(template, words, static value =>
        value.Length <= MaxLength && value is not ("." or "..") && value.All(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' or '=' or '@' or '+' or ',' or ' ')
            ? value
            : throw new FormatException($"'{Shown(value)}' is not one plain name and may not stand in a path."));

    /// <summary>In a name that goes into an address, where it is escaped.</summary>
    /// <exception cref="FormatException">A value is missing.</exception>
    public static string InText(string template, IReadOnlyDictionary<string, string> words) => Fill(template, words, static value => value);

    /// <summary>Inside the quotes of a query.</summary>
    /// <exception cref="FormatException">A value is missing, or would end the quotes.</exception>
    public static string InQuery(string template, IReadOnlyDictionary<string, string> words) => Fill(template, words, static value =>
        value.Length <= MaxLength && !value.Any(c => c is '"' or '\'' or '\\' or '`' or '{' or '}' || char.IsControl(c))
            ? value
            : throw new FormatException($"'{Shown(value)}' may not stand in a query."));

    private static string Fill(string template, IReadOnlyDictionary<string, string> words, Func<string, string> check) => Placeholder().Replace(template, found =>
        words.TryGetValue(found.Groups["name"].Value, out var value) && value.Length > 0
            ? check(value)
            : throw new FormatException($"Nothing is known of {found.Value}; known are {string.Join(", ", words.Keys.Order(StringComparer.Ordinal).Select(name => $"{{{name}}}"))}."));

    private static string Shown(string value) => string.Concat((value.Length > 60 ? value[..60] + "…" : value).Select(c => char.IsControl(c) ? ' ' : c));

    // a selector's braces hold more than one name and are left alone
    [GeneratedRegex(@"\{(?<name>[A-Za-z][A-Za-z0-9_]{0,40})\}", RegexOptions.None, 5_000)]
    private static partial Regex Placeholder();
}
