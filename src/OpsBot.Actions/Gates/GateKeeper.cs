using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpsBot.Contracts;
using OpsBot.Contracts.Actions;
using OpsBot.Runtime.Files;
using OpsBot.Runtime.Processes;
using OpsBot.Runtime.Redaction;

namespace OpsBot.Actions.Gates;

/// <summary>Reads a gate once, holds it against the lock, and runs a private copy of exactly what it read.</summary>
internal sealed partial class GateKeeper(
    GateFiles files, IOptions<GateOptions> options, IProcessRunner runner, IRedactor redactor, TimeProvider clock, ILogger<GateKeeper> log) : IGateKeeper
{
    private const UnixFileMode OwnerReadsAndRuns = UnixFileMode.UserRead | UnixFileMode.UserExecute;

    private readonly ILogger _log = log;

    public IReadOnlyList<string> BeforeClose => options.Value.BeforeClose;

    /// <summary>For tests: called with the path of the gate once its bytes are read and found to be those of the lock.</summary>
    internal Action<string>? Verified { get; init; }

    public async Task<IReadOnlyList<GateVerdict>> AskAsync(
        GatePoint point, IReadOnlyList<string> gates, JsonObject question, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(gates);
        ArgumentNullException.ThrowIfNull(question);
        var asked = (JsonObject)question.DeepClone();
        asked["point"] = JsonSerializer.SerializeToNode(point, OpsBotJson.Options);
        asked["at"] = OpsBotJson.Format(clock.GetUtcNow());
        var input = asked.ToJsonString(OpsBotJson.Options);
        var verdicts = new List<GateVerdict>();
        foreach (var gate in gates)
        {
            var verdict = await AskOneAsync(gate, input, cancellationToken);
            ActionMetrics.Gate(gate, verdict.Passed);
            LogVerdict(gate, point, verdict.Passed ? "passed" : "denied", verdict.Reason);
            verdicts.Add(verdict);
        }

        return verdicts;
    }

    public string? Problem(string gate)
    {
        try
        {
            _ = ReadVerified(gate);
            return null;
        }
        catch (GateException e)
        {
            return e.Message;
        }
    }

    private async Task<GateVerdict> AskOneAsync(string gate, string input, CancellationToken cancellationToken)
    {
        DirectoryInfo? folder = null;
        try
        {
            var (script, pin) = ReadVerified(gate);
            Verified?.Invoke(files.PathOf(gate));
            // made anew for each call, with a name that nobody can guess and rights for nobody else
            folder = Directory.CreateTempSubdirectory("opsbot-gate-");
            var copy = Copy(script, pin, folder.FullName, gate);
            var result = await runner.RunAsync(
                new ProcessRequest(pin.Interpreter, [.. Shebang.Of(script).Argument is { } argument ? [argument] : Array.Empty<string>(), copy])
                {
                    WorkingDirectory = folder.FullName,
                    BareEnvironment = true,
                    Environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin", ["LANG"] = "C.UTF-8", ["HOME"] = folder.FullName },
                    OwnSession = true,
                    TimeLimit = options.Value.TimeLimit,
                    MaxOutputBytes = options.Value.MaxOutput,
                    StandardInput = input,
                },
                cancellationToken);
            return GateRun.Judge(gate, result, options.Value.TimeLimit, options.Value.MaxOutput, redactor);
        }
        catch (GateException e)
        {
            return GateVerdict.Denied(gate, e.Message);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // whatever kept it from being asked, it has not passed
            LogFailed(e, gate);
            return GateVerdict.Denied(gate, $"could not be asked: {redactor.Redact(e.Message)}");
        }
        finally
        {
            Remove(folder);
        }
    }

    /// <exception cref="GateException">It is not what was pinned.</exception>
    private (byte[] Script, GatePin Pin) ReadVerified(string gate)
    {
        if (!GateFiles.IsName(gate))
        {
            throw new GateException("is not the name of a gate; write the plain name of a file in the gates folder");
        }

        if (!GateLock.Read(files.Lock).TryGetValue(gate, out var pin))
        {
            throw new GateException($"is not pinned in '{files.Lock}'; run 'opsbot gates pin' and commit what it writes");
        }

        byte[] script;
        try
        {
            script = PlainFile.Read(files.PathOf(gate), GateFiles.MaxGateBytes);
        }
        catch (IOException e)
        {
            throw new GateException($"cannot be read: {e.Message}");
        }

        if (GateLock.Hash(script) != pin.Sha256)
        {
            throw new GateException("is not what was pinned; see 'opsbot gates check', and pin it anew if the change is meant");
        }

        _ = Shebang.Of(script);
        return Path.IsPathFullyQualified(pin.Interpreter) && GateLock.HashOf(pin.Interpreter) == pin.InterpreterSha256
            ? (script, pin)
            : throw new GateException($"has an interpreter, '{pin.Interpreter}', that is not what was pinned; pin it anew after an update");
    }

    private static string Copy(byte[] script, GatePin pin, string folder, string gate)
    {
        var copy = Path.Combine(folder, gate);
        var writing = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            writing.UnixCreateMode = OwnerReadsAndRuns;
        }

        using (var stream = new FileStream(copy, writing))
        {
            stream.Write(script);
        }

        return GateLock.Hash(PlainFile.Read(copy, GateFiles.MaxGateBytes)) == pin.Sha256
            ? copy
            : throw new GateException("changed while it was copied");
    }

    private void Remove(DirectoryInfo? folder)
    {
        try
        {
            folder?.Delete(recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogLeft(e, folder!.FullName);
        }
    }

    [LoggerMessage(3101, LogLevel.Information, "Gate {Gate} at {Point}: {Verdict} ({Reason}).")]
    private partial void LogVerdict(string gate, GatePoint point, string verdict, string reason);

    [LoggerMessage(3102, LogLevel.Error, "Gate {Gate} could not be asked, and so denies.")]
    private partial void LogFailed(Exception failure, string gate);

    [LoggerMessage(3103, LogLevel.Warning, "The private folder {Folder} of a gate could not be removed.")]
    private partial void LogLeft(Exception failure, string folder);
}
