namespace OpsBot.Runtime.Files;

/// <summary>Resolves every link of a path. <c>ResolveLinkTarget</c> looks at the last part only, so a link to a folder on the way would go unseen.</summary>
public static class RealPath
{
    private const int MaxLinks = 40;

    /// <param name="path">An absolute path.</param>
    /// <exception cref="IOException">The links go round in a circle.</exception>
    public static string Of(string path)
    {
        var rest = new Stack<string>(Parts(path).Reverse());
        var real = Path.GetPathRoot(path) ?? "/";
        var links = 0;
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
                throw new IOException($"{path}: more than {MaxLinks} links");
            }
            if (Path.IsPathRooted(target))
            {
                real = Path.GetPathRoot(target) ?? real;
            }
            foreach (var piece in Parts(target).Reverse())
            {
                rest.Push(piece);
            }
        }
        return real;
    }

    private static IEnumerable<string> Parts(string path) =>
        path[(Path.GetPathRoot(path)?.Length ?? 0)..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries).Where(p => p != ".");
}
