using System.Text;
using OpsBot.Runtime.Files;

namespace OpsBot.Knowledge.Runbooks;

/// <summary>Reads the runbooks of one folder. A file that cannot be taken is reported and passed over.</summary>
internal static class RunbookFolder
{
    private const int MaxDepth = 12;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <param name="folder">The folder; a relative one is below the working folder.</param>
    internal static (IReadOnlyList<Runbook> Runbooks, IReadOnlyList<RunbookProblem> Problems) Read(
        string folder, RunbookOptions options, CancellationToken cancellationToken)
    {
        var runbooks = new List<Runbook>();
        var problems = new List<RunbookProblem>();
        if (!Directory.Exists(folder))
        {
            return (runbooks, [new RunbookProblem(folder, null, "no such folder")]);
        }
        var root = RealPath.Of(System.IO.Path.GetFullPath(folder));
        foreach (var path in Files(root, root, 0, problems).Order(StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (runbooks.Count >= options.MaxFiles)
            {
                problems.Add(new RunbookProblem(folder, null, $"more than {options.MaxFiles} files; the rest was not read (runbooks.maxFiles)"));
                break;
            }
            var below = System.IO.Path.GetRelativePath(root, path).Replace('\\', '/');
            try
            {
                if (ReadText(path, root, options.MaxFileBytes) is { } text)
                {
                    runbooks.Add(RunbookParser.Parse(below, new DirectoryInfo(System.IO.Path.GetDirectoryName(path)!).Name, text));
                }
            }
            catch (RunbookFormatException e)
            {
                problems.Add(new RunbookProblem(below, e.Line, e.Message));
            }
            catch (UnreadableException e)
            {
                problems.Add(new RunbookProblem(below, null, e.Message));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                problems.Add(new RunbookProblem(below, null, $"cannot be read: {e.Message}"));
            }
        }
        return (runbooks, problems);
    }

    /// <summary>Folders that are links are not entered, those whose name opens with a dot neither; a link to a file is judged when it is read.</summary>
    private static IEnumerable<string> Files(string folder, string root, int depth, List<RunbookProblem> problems)
    {
        var found = new List<string>();
        try
        {
            foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos().OrderBy(e => e.Name, StringComparer.Ordinal))
            {
                if (entry.Name.StartsWith('.'))
                {
                    continue;
                }
                if (!entry.Attributes.HasFlag(FileAttributes.Directory))
                {
                    if (System.IO.Path.GetExtension(entry.Name).ToLowerInvariant() is ".md" or ".markdown")
                    {
                        found.Add(entry.FullName);
                    }
                }
                else if (entry.LinkTarget is not null)
                {
                    var below = System.IO.Path.GetRelativePath(root, entry.FullName);
                    problems.Add(new RunbookProblem(below, null, "is a link to a folder and was not entered; list that folder in runbooks.folders"));
                }
                else if (depth < MaxDepth)
                {
                    found.AddRange(Files(entry.FullName, root, depth + 1, problems));
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add(new RunbookProblem(folder, null, $"cannot be listed: {e.Message}"));
        }
        return found;
    }

    /// <returns>Null for an empty file.</returns>
    private static string? ReadText(string path, string root, int maxBytes)
    {
        var real = RealPath.Of(path);
        if (!real.StartsWith(root.TrimEnd('/') + System.IO.Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw new UnreadableException("is a link that leads out of its folder and was not followed");
        }
        var info = new FileInfo(real);
        if (!info.Exists || info.Attributes.HasFlag(FileAttributes.Directory))
        {
            throw new UnreadableException("is not a regular file");
        }
        if (info.Length > maxBytes)
        {
            throw new UnreadableException($"has {info.Length} bytes, at most {maxBytes} are read (runbooks.maxFileBytes)");
        }
        // a device or pipe says 0 bytes and would never end
        if (info.Length == 0)
        {
            return null;
        }
        var bytes = new byte[info.Length];
        using (var file = new FileStream(real, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete))
        {
            bytes = bytes[..file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
        }
        if (bytes.AsSpan().Contains((byte)0))
        {
            throw new UnreadableException("is binary");
        }
        try
        {
            var text = StrictUtf8.GetString(bytes);
            return text.StartsWith('\uFEFF') ? text[1..] : text;
        }
        catch (DecoderFallbackException)
        {
            throw new UnreadableException("is not UTF-8; save it as UTF-8");
        }
    }

    private sealed class UnreadableException(string reason) : Exception(reason);
}
