using System.IO.Enumeration;

namespace OpsBot.Evidence.Training;

/// <summary>A path whose last part may hold <c>*</c>.</summary>
internal static class PathPattern
{
    private const int MaxFiles = 64;
    private const int MaxListed = 20_000;

    /// <summary>The files that fit, as a person would sort them: <c>job-9.out</c> before <c>job-10.out</c>. Empty where the folder is not there.</summary>
    /// <exception cref="IOException">More fit than anybody means.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be read.</exception>
    public static IReadOnlyList<string> Files(string pattern)
    {
        if (!pattern.Contains('*', StringComparison.Ordinal))
            return File.Exists(pattern) ? [pattern] : [];
        var folder = Path.GetDirectoryName(Path.GetFullPath(pattern))!;
        if (!Directory.Exists(folder))
            return [];
        var name = Path.GetFileName(pattern);
        var found = Directory.EnumerateFiles(folder).Take(MaxListed).Where(file => FileSystemName.MatchesSimpleExpression(name, Path.GetFileName(file), ignoreCase: false)).ToList();
        if (found.Count > MaxFiles)
            throw new IOException($"{found.Count} files fit '{pattern}'; at most {MaxFiles} are read. Narrow the pattern.");
        return [.. found.OrderBy(Natural, StringComparer.Ordinal)];
    }

    /// <summary>Files beside it that may be what it was before it was rotated: <c>train.log.1</c>, <c>train.log-20260301</c>.</summary>
    public static IEnumerable<string> Rotated(string file)
    {
        var name = Path.GetFileName(file);
        return Directory.EnumerateFiles(Path.GetDirectoryName(Path.GetFullPath(file))!).Take(MaxListed)
            .Where(other => Path.GetFileName(other) is var beside && beside.Length > name.Length && beside.StartsWith(name, StringComparison.Ordinal) && beside[name.Length] is '.' or '-' or '_')
            .Take(MaxFiles);
    }

    // digits in groups of twenty, so that their order is that of the numbers
    private static string Natural(string path)
    {
        var key = new System.Text.StringBuilder();
        for (var i = 0; i < path.Length;)
        {
            var digits = i;
            while (digits < path.Length && char.IsAsciiDigit(path[digits]))
                digits++;
            if (digits == i)
            {
                key.Append(path[i++]);
                continue;
            }

            key.Append(path[i..digits].PadLeft(20, '0'));
            i = digits;
        }

        return key.ToString();
    }
}
