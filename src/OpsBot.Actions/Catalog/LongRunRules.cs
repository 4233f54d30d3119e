using System.Text.RegularExpressions;

namespace OpsBot.Actions.Catalog;

/// <summary>What must hold of where an action runs and how it is followed.</summary>
internal static class LongRunRules
{
    public static IEnumerable<string> Problems(string key, ActionOptions action, IReadOnlyCollection<string> hosts)
    {
        if (action.Host is { } host && !hosts.Contains(host))
        {
            yield return $"{key}.host: '{host}' is not under actions.hosts; there are {CatalogRules.Listed(hosts)}.";
        }

        if (action.Host is not null && action.WorkingDirectory is not null)
        {
            yield return $"{key}.workingDirectory: is a folder of this machine, and the commands run on '{action.Host}'; let the program there change into its folder.";
        }

        if (action.Host is not null && action.Environment.Count > 0)
        {
            yield return $"{key}.environment: ssh hands on no variables, so '{action.Environment.Keys.First()}' would never reach '{action.Host}'; set it there.";
        }

        for (var i = 0; i < action.Follow.Lines.Count; i++)
        {
            if (LinePattern.Problem(action.Follow.Lines[i]) is { } problem)
            {
                yield return $"{key}.follow.lines[{i}]: {problem}";
            }
        }
    }
}

/// <summary>A pattern for lines that nobody vouches for: matched in linear time.</summary>
internal static class LinePattern
{
    public static Regex Of(string pattern) => new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    public static string? Problem(string pattern)
    {
        if (string.IsNullOrWhiteSpace(pattern) || pattern.Length > 500)
        {
            return "is empty or longer than 500 characters.";
        }

        try
        {
            return Of(pattern).IsMatch("") ? $"'{pattern}' fits an empty line, so it fits any." : null;
        }
        catch (Exception unusable) when (unusable is ArgumentException or NotSupportedException)
        {
            return $"'{pattern}' cannot be used: {unusable.Message} Look-arounds and back-references are not possible.";
        }
    }
}
