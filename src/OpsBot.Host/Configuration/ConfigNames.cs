using System.Text.Json;
using OpsBot.Runtime.Words;

namespace OpsBot.Host.Configuration;

/// <summary>How keys are written and what was probably meant by one that nobody knows.</summary>
internal static class ConfigNames
{
    private const int MaxCompared = 64;

    /// <summary>The form of a property's name in the file: <c>MaxBytes</c> is <c>maxBytes</c>.</summary>
    public static string Key(string property) => JsonNamingPolicy.CamelCase.ConvertName(property);

    public static string Kebab(string name) => JsonNamingPolicy.KebabCaseLower.ConvertName(name);

    public static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";

    /// <summary>Equal but for case, dashes and underscores.</summary>
    public static bool Same(string a, string b) => string.Equals(Bare(a), Bare(b), StringComparison.OrdinalIgnoreCase);

    /// <summary>The known key that lies nearest, where one lies near enough to be worth a question.</summary>
    public static string? Nearest(string key, IEnumerable<string> known)
    {
        var bare = Bare(key).ToLowerInvariant();
        return bare.Length > MaxCompared
            ? null
            : known.Select(name => (Name: name, Distance: Edits.Between(bare, Bare(name).ToLowerInvariant())))
                .Where(candidate => candidate.Distance <= Math.Max(1, Math.Min(bare.Length, candidate.Name.Length) / 3))
                .OrderBy(candidate => candidate.Distance).ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
                .Select(candidate => candidate.Name).FirstOrDefault();
    }

    private static string Bare(string name) =>
        name.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal);
}
