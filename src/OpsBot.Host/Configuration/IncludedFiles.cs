using System.IO.Enumeration;

namespace OpsBot.Host.Configuration;

/// <summary>The files that an <c>include</c> list names: relative to the configuration file, <c>*</c> and <c>?</c> in the last part.</summary>
internal sealed class IncludedFiles(string key, List<ConfigProblem> problems)
{
    private const int MaxFiles = 200;

    /// <param name="list">The list as it was written; anything else is for the binder to name.</param>
    /// <param name="folder">Absolute: where the configuration file is.</param>
    public IEnumerable<string> Of(ConfigNode? list, string folder) =>
        ((list as ListNode)?.Items.OfType<ScalarNode>() ?? []).SelectMany(item => Files(item, folder).Take(MaxFiles));

    private List<string> Files(ScalarNode item, string folder)
    {
        var pattern = Path.GetFullPath(item.Value ?? "", folder);
        var (directory, name) = (Path.GetDirectoryName(pattern) ?? "/", Path.GetFileName(pattern));
        if (!name.AsSpan().ContainsAny('*', '?'))
        {
            return [pattern];
        }

        List<string> files = Directory.Exists(directory)
            ? [.. Directory.EnumerateFiles(directory).Where(file => !Path.GetFileName(file).StartsWith('.') && FileSystemName.MatchesSimpleExpression(name, Path.GetFileName(file), ignoreCase: false)).Order(StringComparer.Ordinal)]
            : [];
        if (files.Count == 0)
        {
            problems.Add(item.Origin.Problem($"{key}: no file is called {ShownText.Bound(pattern)}; relative paths start at the configuration file"));
        }

        return files;
    }
}
