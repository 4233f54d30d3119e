using System.Text;
using System.Text.RegularExpressions;

namespace OpsBot.Actions.Catalog;

/// <summary>A text with <c>{parameter}</c> and <c>{state.field}</c>. Anything else in braces, such as <c>{.status.phase}</c>, is plain text.</summary>
internal static partial class Template
{
    public const string StatePrefix = "state.";

    /// <summary>Names in the order in which they stand, repeated ones repeated.</summary>
    public static IEnumerable<string> Names(string template) => Placeholder().Matches(template).Select(match => match.Groups["name"].Value);

    /// <summary>The names whose values begin the text: what could make an option of it.</summary>
    public static string? First(string template) =>
        Placeholder().Match(template) is { Success: true, Index: 0 } match ? match.Groups["name"].Value : null;

    /// <summary>Puts values in, in one pass: what looks like a placeholder within a value stays as it is.</summary>
    /// <param name="valueOf">Null leaves the placeholder as written.</param>
    public static string Expand(string template, Func<string, string?> valueOf)
    {
        var text = new StringBuilder();
        var at = 0;
        foreach (Match match in Placeholder().Matches(template))
        {
            text.Append(template, at, match.Index - at).Append(valueOf(match.Groups["name"].Value) ?? match.Value);
            at = match.Index + match.Length;
        }

        return text.Append(template, at, template.Length - at).ToString();
    }

    [GeneratedRegex(@"\{(?<name>(state\.)?[A-Za-z][A-Za-z0-9_-]*)\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Placeholder();
}
