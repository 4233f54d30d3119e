using System.Text.RegularExpressions;

namespace OpsBot.Tests.Deploy;

/// <summary>A .dockerignore as far as ours goes: the last pattern that meets a path or a folder above it decides; <c>**/</c> is any depth, <c>*</c> no slash.</summary>
internal sealed class DockerIgnore(IEnumerable<string> lines)
{
    private readonly IReadOnlyList<(bool Ignored, Regex Pattern)> _patterns =
    [
        .. lines.Select(line => line.Trim()).Where(line => line.Length > 0 && !line.StartsWith('#')).Select(line =>
            (!line.StartsWith('!'), new Regex(
                "^" + Regex.Escape(line.TrimStart('!')).Replace(@"\*\*/", "(.*/)?", StringComparison.Ordinal).Replace(@"\*", "[^/]*", StringComparison.Ordinal) + "(/|$)",
                RegexOptions.None, TimeSpan.FromSeconds(1)))),
    ];

    public bool LetsThrough(string path) => !_patterns.LastOrDefault(each => each.Pattern.IsMatch(path), (false, null!)).Item1;
}
