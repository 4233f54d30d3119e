namespace OpsBot.Runtime.Processes;

/// <summary>A program to run: an argument vector, never a line for a shell.</summary>
/// <param name="FileName">A path, or a name found in PATH.</param>
/// <param name="Arguments">Handed over as they are; nothing is expanded.</param>
public sealed record ProcessRequest(string FileName, IReadOnlyList<string> Arguments)
{
    /// <summary>The directory to run in; the temporary directory where none is given.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Variables besides PATH, HOME, LANG, LC_ALL, TZ, TMPDIR and USER. Nothing else of our own environment is handed on.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Hand on nothing of our own environment at all: only <see cref="Environment"/>.</summary>
    public bool BareEnvironment { get; init; }

    /// <summary>
    /// Run it as a session of its own, and kill what is left of that when it ends, however it ends. Needs <c>setsid</c> of util-linux.
    /// Only a descendant that makes yet another session outlives it.
    /// </summary>
    public bool OwnSession { get; init; }

    /// <summary>Longest run; then the program and all that it started are killed.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Most bytes kept of each output: the first half and the last half. The rest is read and counted.</summary>
    public int MaxOutputBytes { get; init; } = 256 * 1024;

    /// <summary>Written to standard input, which is then closed.</summary>
    public string? StandardInput { get; init; }
}

/// <summary>How a program ended.</summary>
public enum ProcessOutcome
{
    /// <summary>It ended by itself; <see cref="ProcessResult.ExitCode"/> says how.</summary>
    Exited,

    /// <summary>It was killed at its time limit.</summary>
    TimedOut,

    /// <summary>It could not be started; <see cref="ProcessResult.StartError"/> says why.</summary>
    NotStarted,
}

/// <summary>What a program printed and how it ended.</summary>
/// <param name="ExitCode">128 + signal where a signal ended it; null unless it exited by itself.</param>
/// <param name="StartError">Why it could not be started, with what to do about it.</param>
public sealed record ProcessResult(
    ProcessOutcome Outcome, int? ExitCode, CapturedOutput Output, CapturedOutput Error, TimeSpan Elapsed, string? StartError = null);

/// <summary>One output of a program.</summary>
/// <param name="Text">Decoded as UTF-8, what is no UTF-8 replaced by U+FFFD; a note stands where bytes were cut.</param>
/// <param name="Bytes">All bytes that it printed.</param>
/// <param name="CutBytes">Bytes that are not in <paramref name="Text"/>.</param>
/// <param name="IsUtf8">Whether it was UTF-8 as it stood; false where bytes were cut, since nobody looked at them.</param>
public sealed record CapturedOutput(string Text, long Bytes, long CutBytes, bool IsUtf8)
{
    public static CapturedOutput None { get; } = new("", 0, 0, IsUtf8: true);
}
