using System.IO.Enumeration;
using Microsoft.Extensions.FileSystemGlobbing;
using OpsBot.Runtime.Files;

namespace OpsBot.Evidence.Files;

/// <summary>Finds the files of a folder. Links that lead out of it are refused; folders that are links are not entered.</summary>
internal sealed class LogFileFinder(LogFolderOptions options)
{
    private static readonly string[] DefaultGlobs =
        ["**/*.log", "**/*.jsonl", "**/*.json", "**/*.txt", "**/*.out", "**/*.err", "**/syslog", "**/messages"];

    /// <summary>What <see cref="Find"/> left out, and why.</summary>
    public List<string> Refused { get; } = [];

    /// <summary>Logs in the order of their paths, the files of one log oldest first.</summary>
    /// <param name="from">Files last written before this are left out.</param>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be read.</exception>
    public IReadOnlyList<LogFile> Find(DateTimeOffset from, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(options.Path)) throw new DirectoryNotFoundException($"The folder '{options.Path}' does not exist.");
        var root = RealPath.Of(Path.GetFullPath(options.Path));
        var matcher = new Matcher(StringComparison.Ordinal);
        if (string.IsNullOrEmpty(options.Glob)) matcher.AddIncludePatterns(DefaultGlobs);
        else matcher.AddInclude(options.Glob);

        var found = new List<LogFile>();
        var files = new FileSystemEnumerable<FileInfo>(root, static (ref FileSystemEntry entry) => (FileInfo)entry.ToFileSystemInfo(),
            new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.None, MaxRecursionDepth = 32 })
        {
            ShouldIncludePredicate = static (ref FileSystemEntry entry) => !entry.IsDirectory,
            ShouldRecursePredicate = static (ref FileSystemEntry entry) => !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
        };
        foreach (var file in files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var relative = Path.GetRelativePath(root, file.FullName).Replace('\\', '/');
            var stem = LogFile.StemOf(relative);
            if (!matcher.Match(relative).HasMatches && !matcher.Match(stem).HasMatches) continue;
            if (Take(file, root, relative) is not { } target || target.LastWriteTimeUtc < from.UtcDateTime) continue;
            found.Add(new LogFile(target.FullName, relative, stem, new DateTimeOffset(target.LastWriteTimeUtc), target.Length));
        }

        if (found.Count > options.MaxFiles)
        {
            Refused.Add($"{found.Count} files match, the newest {options.MaxFiles} were read; narrow the glob or raise maxFiles");
            found = [.. found.OrderByDescending(f => f.ModifiedAt).Take(options.MaxFiles)];
        }

        return [.. found.OrderBy(f => f.Stem, StringComparer.Ordinal).ThenBy(f => f.ModifiedAt).ThenByDescending(f => f.RelativePath, StringComparer.Ordinal)];
    }

    private FileInfo? Take(FileInfo file, string root, string relative)
    {
        try
        {
            if (file.LinkTarget is null)
            {
                // a pipe or device has no length and would hold us for ever; an empty file has nothing to say
                return file.Length > 0 ? file : null;
            }

            var target = new FileInfo(RealPath.Of(file.FullName));
            if (target.Exists && target.FullName.StartsWith(root.TrimEnd('/') + "/", StringComparison.Ordinal)) return target.Length > 0 ? target : null;

            Refused.Add($"'{relative}' is a link that leads out of the folder or nowhere");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Refused.Add($"'{relative}': {e.Message}");
        }

        return null;
    }
}
