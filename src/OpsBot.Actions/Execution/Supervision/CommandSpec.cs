using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OpsBot.Actions.Execution.Supervision;

/// <summary>One command that a supervisor starts: everything it needs to know, so that it needs nothing else.</summary>
/// <param name="Arguments">The program first.</param>
/// <param name="Environment">Variables besides PATH, HOME, LANG, LC_ALL, TZ, TMPDIR and USER.</param>
/// <param name="WorkingDirectory">The folder <c>work</c> beside the spec where none is given.</param>
/// <param name="TimeLimitMs">Then it is asked to end, and killed five seconds later, with all of its process group.</param>
/// <param name="OutputLimitBytes">Most bytes of output kept: the first half and the last half.</param>
/// <param name="Files">SHA-256 by real path. The program must be among them, and each must still have its hash.</param>
/// <param name="Terminal">It gets a terminal instead of a pipe.</param>
/// <param name="Lines">Patterns of lines that are worth a word; null where nobody follows more than its end.</param>
internal sealed record CommandSpec(
    IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment, string? WorkingDirectory, long TimeLimitMs, int OutputLimitBytes,
    IReadOnlyDictionary<string, string> Files, bool Terminal = false, IReadOnlyList<string>? Lines = null)
{
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, SupervisorJson.Default.CommandSpec);

    /// <summary>Names a spec: SHA-256 of its bytes, lower-case hex.</summary>
    public static string DigestOf(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}

/// <summary>Written before the command is started; while it is there, nobody starts it again.</summary>
/// <param name="Spec">Digest of the spec that it belongs to.</param>
internal sealed record StartedRecord(string Spec, int SupervisorPid, string SupervisorStart, DateTimeOffset At);

/// <summary>The command's process, which leads a process group of its own.</summary>
/// <param name="Start">When it started, so that a later process with the same number is not taken for it.</param>
internal sealed record PidRecord(string Spec, int Pid, string Start, DateTimeOffset At);

/// <summary>How it ended. One of <paramref name="ExitCode"/>, <paramref name="Signal"/> and <paramref name="NotStarted"/> is set.</summary>
/// <param name="NotStarted">Why it was never started.</param>
/// <param name="TimedOut">It was ended at its time limit.</param>
/// <param name="OutputDigest">SHA-256 over all that it printed, kept or not.</param>
internal sealed record ExitRecord(
    string Spec, int? ExitCode, int? Signal, string? NotStarted, bool TimedOut, DateTimeOffset At, string OutputDigest, long OutputBytes)
{
    [JsonIgnore]
    public bool IsWhole => (ExitCode is null ? 0 : 1) + (Signal is null ? 0 : 1) + (NotStarted is null ? 0 : 1) == 1;
}

/// <summary>What was printed that is worth a word, and when something was printed last.</summary>
/// <param name="Fitting">How many lines fitted a pattern.</param>
/// <param name="First">The first of them.</param>
/// <param name="Last">The last of them that are not among the first.</param>
/// <param name="End">The last lines of all.</param>
internal sealed record LinesRecord(
    string Spec, DateTimeOffset LastAt, long Lines, long Fitting, IReadOnlyList<ToldLine> First, IReadOnlyList<ToldLine> Last, IReadOnlyList<string> End);

/// <param name="Number">From 1, of all lines.</param>
internal sealed record ToldLine(long Number, DateTimeOffset At, string Text);

/// <summary>Source-generated: a supervisor is up before reflection would have looked at its first property.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(CommandSpec))]
[JsonSerializable(typeof(StartedRecord))]
[JsonSerializable(typeof(PidRecord))]
[JsonSerializable(typeof(ExitRecord))]
[JsonSerializable(typeof(LinesRecord))]
internal sealed partial class SupervisorJson : JsonSerializerContext;
