using OpsBot.Runtime.Files;

namespace OpsBot.Actions.Gates;

/// <summary>Whether whoever takes over OpsBot's account could rewrite its gates.</summary>
public static class GateGuard
{
    private const string Owner = "Give them to another owner (chown -R root: …; chmod -R go-w …)";

    /// <summary>What of the gates this process could change, as one sentence; null where nothing.</summary>
    /// <param name="gates">Names of the gates that are used.</param>
    public static string? Problem(GateFiles files, IEnumerable<string> gates)
    {
        ArgumentNullException.ThrowIfNull(files);
        if (!AccountRights.IsSupported)
        {
            return "can be kept from OpsBot's own account on Linux only; set gates.insecure: true to try gates out here";
        }

        if (Environment.IsPrivilegedProcess)
        {
            return "mean nothing to root, who can change them all; run OpsBot as an account of its own, or set gates.insecure: true to try things out";
        }

        var open = Paths(files, gates).Where(AccountRights.MayChange).ToList();
        return open.Count == 0
            ? null
            : $"can be changed by the account that OpsBot runs as: {string.Join(", ", open.Take(4).Select(path => $"'{path}'"))}"
                + $"{(open.Count > 4 ? FormattableString.Invariant($" and {open.Count - 4} more") : "")}. {Owner}, or set gates.insecure: true to try things out";
    }

    /// <summary>The gates, the lock, what runs them, and every directory through which one gets there.</summary>
    private static IEnumerable<string> Paths(GateFiles files, IEnumerable<string> gates)
    {
        var used = gates.Where(GateFiles.IsName).Select(files.PathOf);
        return new[] { files.Lock, files.Folder }.Concat(used).Concat(Interpreters(files))
            .Select(PathWalk.Of)
            .SelectMany(walk => walk.Passed.Append(walk.Real))
            .Distinct(StringComparer.Ordinal);
    }

    private static IEnumerable<string> Interpreters(GateFiles files)
    {
        try
        {
            return GateLock.Read(files.Lock).Values.Select(pin => pin.Interpreter).Where(Path.IsPathFullyQualified);
        }
        catch (GateException)
        {
            return [];
        }
    }
}
