namespace OpsBot.Runtime.Files;

/// <summary>Where a path really leads.</summary>
/// <param name="Real">Absolute, without links. Its last part need not exist.</param>
/// <param name="Passed">Every directory that was looked into on the way, <c>/</c> first: whoever may write to one can lead the path elsewhere.</param>
public sealed record PathWalk(string Real, IReadOnlyList<string> Passed)
{
    private const int MostLinks = 40;

    /// <exception cref="IOException">The links go round in circles, or a part cannot be looked at.</exception>
    public static PathWalk Of(string path)
    {
        var left = new Stack<string>(Parts(Path.GetFullPath(path)).Reverse());
        var passed = new List<string>();
        var (at, links) = ("/", 0);
        while (left.TryPop(out var part))
        {
            if (part is "..")
            {
                at = Path.GetDirectoryName(at) ?? "/";
                continue;
            }

            if (!passed.Contains(at, StringComparer.Ordinal)) passed.Add(at);
            var next = Path.Combine(at, part);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                at = next;
                continue;
            }

            if (++links > MostLinks) throw new IOException($"'{path}' goes through more than {MostLinks} links");
            if (target.StartsWith('/')) at = "/";
            foreach (var inner in Parts(target).Reverse()) left.Push(inner);
        }

        return new PathWalk(at, passed);
    }

    private static IEnumerable<string> Parts(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part is not ".");
}
