using OpsBot.Runtime.Files;

namespace OpsBot.Actions.Catalog;

/// <summary>Finds programs in fixed folders, never through the PATH that OpsBot was started with, and says which file each really is.</summary>
internal sealed class ProgramFinder(IReadOnlyList<string> path)
{
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

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

    private static (string?, string?) Real(string path)
    {
        try
        {
            return (PathWalk.Of(path).Real, null);
        }
        catch (IOException circle)
        {
            return (null, circle.Message);
        }
    }

    private static bool IsExecutable(string file) => OperatingSystem.IsWindows() || (File.GetUnixFileMode(file) & AnyExecute) != UnixFileMode.None;
}
