using System.IO.Enumeration;

namespace OpsBot.Actions.Policy;

/// <summary>Patterns with <c>*</c> for any part and <c>?</c> for any character. Case does not matter: a rule must not be missed for it.</summary>
internal static class Glob
{
    public static bool Matches(string pattern, string text) => FileSystemName.MatchesSimpleExpression(pattern, text, ignoreCase: true);

    /// <summary>True where nothing is asked for, or any pattern matches.</summary>
    public static bool MatchesAny(IReadOnlyCollection<string> patterns, string text) => patterns.Count == 0 || patterns.Any(pattern => Matches(pattern, text));
}
