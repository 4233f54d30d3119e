using System.Text;
using OpsBot.Runtime.Files;

namespace OpsBot.Actions.Gates;

/// <summary>The first line of a script: who reads it.</summary>
/// <param name="Interpreter">Absolute, as written; looked up where the line goes through <c>env</c>.</param>
/// <param name="Argument">What stands behind it, one argument as the kernel has it; null where nothing does.</param>
internal sealed record Shebang(string Interpreter, string? Argument)
{
    private const int LongestLine = 255;

    /// <summary>Where <c>env</c> looks. The same as what a gate itself gets for PATH.</summary>
    private static readonly string[] SearchPath = ["/usr/bin", "/bin"];

    /// <exception cref="GateException">It has none that can be used; the message says what to write.</exception>
    public static Shebang Of(ReadOnlySpan<byte> script)
    {
        if (!script.StartsWith("#!"u8))
        {
            throw new GateException("does not begin with #! and an interpreter; write for example #!/bin/sh in its first line");
        }

        var end = script.IndexOf((byte)'\n');
        var line = Encoding.UTF8.GetString(script[2..Math.Clamp(end < 0 ? script.Length : end, 2, LongestLine)]);
        if (line.Contains('\r', StringComparison.Ordinal))
        {
            throw new GateException("has a first line that ends in a carriage return; save it with line ends of Unix");
        }

        var parts = line.Trim().Split([' ', '\t'], 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (parts.Length == 0 || !parts[0].StartsWith('/') || parts[0].Any(char.IsControl))
        {
            throw new GateException("names no absolute interpreter in its first line; write for example #!/bin/sh");
        }

        var argument = parts.Length > 1 ? parts[1] : null;
        return Path.GetFileName(parts[0]) == "env" ? ThroughEnv(argument) : new Shebang(parts[0], argument);
    }

    /// <summary>The file that the interpreter really is.</summary>
    /// <exception cref="GateException">There is none.</exception>
    public string RealInterpreter()
    {
        var real = PathWalk.Of(Interpreter).Real;
        return File.Exists(real) ? real : throw new GateException($"needs '{Interpreter}', which does not exist; install it or name another");
    }

    private static Shebang ThroughEnv(string? name)
    {
        if (string.IsNullOrEmpty(name) || name.Any(c => c is ' ' or '\t' or '/' or '=' or '-' && name[0] == '-'))
        {
            throw new GateException("goes through env with more than one plain name; name the interpreter itself");
        }

        return SearchPath.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists) is { } found
            ? new Shebang(found, null)
            : throw new GateException($"needs '{name}', which is neither in {string.Join(" nor in ", SearchPath)}; install it or name another interpreter");
    }
}

/// <summary>A gate cannot be pinned or run. The message reads on from its name.</summary>
internal sealed class GateException(string message) : Exception(message);
