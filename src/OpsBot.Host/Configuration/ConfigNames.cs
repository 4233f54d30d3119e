using System.Text.Json;

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
            : known.Select(name => (Name: name, Distance: Distance(bare, Bare(name).ToLowerInvariant())))
                .Where(candidate => candidate.Distance <= Math.Max(1, Math.Min(bare.Length, candidate.Name.Length) / 3))
                .OrderBy(candidate => candidate.Distance).ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
                .Select(candidate => candidate.Name).FirstOrDefault();
    }

    private static string Bare(string name) =>
        name.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal);

    /// <summary>Edits between two words, two neighbours swapped counting as one (optimal string alignment).</summary>
    private static int Distance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    d[i, j] = i + j;
                    continue;
                }

                d[i, j] = Math.Min(Math.Min(d[i - 1, j], d[i, j - 1]) + 1, d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
                }
            }
        }

        return d[a.Length, b.Length];
    }
}
