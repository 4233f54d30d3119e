using System.Text.RegularExpressions;

namespace OpsBot.Evidence.Files;

/// <summary>Whose log a file is, by its path.</summary>
internal sealed class LogOwner
{
    private readonly string? _service;
    private readonly Regex? _pattern;

    /// <exception cref="ArgumentException">The pattern has no <c>{service}</c> or <c>{instance}</c>.</exception>
    public LogOwner(LogFolderOptions options)
    {
        _service = string.IsNullOrEmpty(options.Service) ? null : options.Service;
        if (string.IsNullOrEmpty(options.Pattern)) return;
        var escaped = Regex.Escape(options.Pattern)
            .Replace(@"\{service}", "(?<service>[^/]+?)", StringComparison.Ordinal)
            .Replace(@"\{instance}", "(?<instance>[^/]+?)", StringComparison.Ordinal)
            .Replace(@"\*\*/", "(?:.*/)?", StringComparison.Ordinal)
            .Replace(@"\*", "[^/]*", StringComparison.Ordinal);
        if (!escaped.Contains("(?<", StringComparison.Ordinal))
        {
            throw new ArgumentException($"The pattern '{options.Pattern}' has neither {{service}} nor {{instance}} in it.", nameof(options));
        }

        _pattern = new Regex($"^{escaped}$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking, TimeSpan.FromSeconds(1));
    }

    public (string? Service, string? Instance) Of(LogFile file)
    {
        if (_pattern?.Match(file.Stem) is { Success: true } match)
        {
            return (Group(match, "service") ?? _service, Group(match, "instance"));
        }

        if (_service is not null) return (_service, null);
        var slash = file.Stem.IndexOf('/');
        if (slash > 0) return (file.Stem[..slash], null);
        var dot = file.Stem.IndexOf('.');
        return (dot > 0 ? file.Stem[..dot] : file.Stem, null);
    }

    private static string? Group(Match match, string name) => match.Groups[name] is { Success: true, Length: > 0 } group ? group.Value : null;
}
