namespace OpsBot.Actions.Catalog;

/// <summary>Finds programs in fixed folders, never through the PATH that OpsBot was started with, and says which file each really is.</summary>
internal sealed class ProgramFinder(IReadOnlyList<string> path)
{
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private const int MaxLinks = 40;

    /// <param name="program">A name, or a path that may start at <paramref name="folder"/>.</param>
    /// <returns>The real path, links followed; or null and why not, with the next step.</returns>
    public (string? Path, string? Problem) Find(string program, string folder)
    {
        if (program.Contains('/', StringComparison.Ordinal))
        {
            var full = Path.GetFullPath(program, folder);
            return !File.Exists(full) ? (null, $"the program '{full}' does not exist")
                : IsExecutable(full) ? Real(full)
                : (null, $"the program '{full}' is not executable; 'chmod +x' it");
        }

        return path.Select(directory => Path.Combine(directory, program)).FirstOrDefault(file => File.Exists(file) && IsExecutable(file)) is { } found
            ? Real(found)
            : (null, $"the program '{program}' is in none of {string.Join(", ", path)}; install it, write its path, or add its folder to actions.path");
    }

    /// <summary>The path without any link in it.</summary>
    /// <exception cref="IOException">The links go round in a circle.</exception>
    public static string RealPath(string path)
    {
        var rest = new Stack<string>(Parts(path).Reverse());
        var (real, links) = ("/", 0);
        while (rest.TryPop(out var part))
        {
            if (part == "..")
            {
                real = Path.GetDirectoryName(real) ?? real;
                continue;
            }

            var next = Path.Combine(real, part);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                real = next;
                continue;
            }

            if (++links > MaxLinks)
            {
                throw new IOException($"'{path}' leads through more than {MaxLinks} links");
            }

            real = target.StartsWith('/') ? "/" : real;
            foreach (var piece in Parts(target).Reverse())
            {
                rest.Push(piece);
            }
        }

        return real;
    }

    private static (string?, string?) Real(string path)
    {
        try
        {
            return (RealPath(path), null);
        }
        catch (IOException circle)
        {
            return (null, circle.Message);
        }
    }

    private static bool IsExecutable(string file) => OperatingSystem.IsWindows() || (File.GetUnixFileMode(file) & AnyExecute) != UnixFileMode.None;

    private static IEnumerable<string> Parts(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".");
}
