namespace OpsBot.Actions.Catalog;

/// <summary>
/// A vector for another machine. ssh hands the shell there one line, so each argument is quoted whole: to a POSIX shell it means itself and nothing else.
/// </summary>
internal static class RemoteLine
{
    /// <summary>The program that runs here.</summary>
    public const string Ssh = "ssh";

    /// <summary>What ssh says where it lost, or never had, the connection; what the command there did is not known then.</summary>
    public const int ConnectionLost = 255;

    /// <summary>What is found and hashed here.</summary>
    public static string Program(this ActionCommand command) => command.On is null ? command.Arguments[0] : Ssh;

    /// <param name="ssh">Real path of ssh.</param>
    /// <param name="hasTerminal">A terminal there, so that the command ends when the connection does.</param>
    public static IReadOnlyList<string> Vector(string ssh, RemoteHost host, IReadOnlyList<string> command, bool hasTerminal) =>
    [
        ssh, "-F", "none", hasTerminal ? "-tt" : "-T",
        .. Options("BatchMode=yes", "StrictHostKeyChecking=yes", "ConnectTimeout=20", "ServerAliveInterval=15", "ServerAliveCountMax=8", "ClearAllForwardings=yes",
            "ForwardAgent=no", "PermitLocalCommand=no", "EscapeChar=none", "LogLevel=ERROR"),
        .. host.Identity is { } identity ? ["-i", identity, .. Options("IdentitiesOnly=yes")] : Array.Empty<string>(),
        .. host.KnownHosts is { } known ? Options($"UserKnownHostsFile={known}") : [],
        "-p", host.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), "--", host.Address, string.Join(' ', command.Select(Quoted)),
    ];

    /// <summary>The same with variables for the command there; ssh hands on none of its own.</summary>
    public static IReadOnlyList<string> With(IReadOnlyList<string> vector, IReadOnlyDictionary<string, string> variables) => variables.Count == 0
        ? vector
        : [.. vector.SkipLast(1), $"env {string.Join(' ', variables.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={Quoted(pair.Value)}"))} {vector[^1]}"];

    private static string Quoted(string argument) => $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static string[] Options(params string[] options) => [.. options.SelectMany(option => new[] { "-o", option })];
}
