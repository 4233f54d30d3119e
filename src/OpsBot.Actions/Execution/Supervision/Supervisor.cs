using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using OpsBot.Runtime.Processes;

namespace OpsBot.Actions.Execution.Supervision;

/// <summary>
/// The process between OpsBot and a command: it outlives OpsBot and writes down what becomes of the command. Knows nothing but its folder.
/// At most one command is ever started for a folder: whoever makes <c>started.json</c> starts it, and nobody else can.
/// </summary>
public static class Supervisor
{
    /// <summary>The hidden verb: <c>opsbot supervise FOLDER DIGEST</c>.</summary>
    public const string Verb = "supervise";

    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(5);

    /// <summary>Returns when the command has ended and that is written down, or when there is nothing to start.</summary>
    /// <param name="digest">SHA-256 of <c>spec.json</c> as it was journalled.</param>
    public static int Run(string folder, string digest)
    {
        if (OperatingSystem.IsWindows())
        {
            Console.Error.WriteLine("Actions run on Linux and macOS only: a command that outlives OpsBot needs process groups. Run 'opsbot serve' there.");
            return 2;
        }

        var files = new RunFolder(folder);
        try
        {
            using var terminal = TerminalRelay.Find();
            Detach(terminal is not null);
            using var held = Lock(files.Lock);
            return held is null || DurableFile.Exists(files.Started) ? 0 : Supervise(files, digest, terminal);
        }
        catch (Exception failure)
        {
            // Nobody reads our standard error. What is not written down is found missing, and a probe or a person decides.
            File.AppendAllText(files.Log, $"{failure}\n");
            return 1;
        }
    }

    private static int Supervise(RunFolder files, string digest, TerminalRelay? terminal)
    {
        var hold = SupervisorHold.FromEnvironment(files.Path);
        var (spec, problem) = SpecCheck.Check(files.Spec, digest);
        hold.Reach("before-started");
        var started = new StartedRecord(digest, Environment.ProcessId, ProcessStart.Of(Environment.ProcessId) ?? "", Now);
        if (!DurableFile.TryCreate(files.Started, Json(started, SupervisorJson.Default.StartedRecord)))
        {
            return 0;
        }

        hold.Reach("after-started");
        var lines = spec?.Lines is { } patterns ? new LinesOfNote(patterns) : null;
        var begun = Now;
        using var output = new CommandOutput(
            spec?.OutputLimitBytes ?? 1, files.Output,
            bytes =>
            {
                lines?.Append(bytes.Span, Now);
                terminal?.Show(bytes.Span);
            },
            () => WriteLines(files, digest, lines, begun));
        if (problem is null)
        {
            WriteLines(files, digest, lines, begun);
            problem = Follow(files, digest, spec!, output, hold, terminal);
        }

        if (problem is not null)
        {
            WriteExit(files, new ExitRecord(digest, null, null, problem, false, Now, output.Digest(), output.Bytes));
        }

        hold.Reach("after-exit");
        return 0;
    }

    /// <summary>Starts the command and writes down how it ended; returns why it could not be started.</summary>
    private static string? Follow(RunFolder files, string digest, CommandSpec spec, CommandOutput output, SupervisorHold hold, TerminalRelay? terminal)
    {
        var environment = CommandEnvironment.Of(spec);
        if (spec.Terminal)
        {
            // whoever only reads along later gets no pictures drawn with the cursor
            environment.TryAdd("TERM", "dumb");
        }

        var (command, problem) = SpawnedCommand.Start(
            spec.Arguments, environment, spec.WorkingDirectory ?? files.Work, spec.Terminal && OperatingSystem.IsLinux());
        if (command is null)
        {
            return problem;
        }

        using (command)
        {
            hold.Reach("after-spawn");
            var pid = new PidRecord(digest, command.Pid, ProcessStart.Of(command.Pid) ?? "", Now);
            DurableFile.Replace(files.Pid, Json(pid, SupervisorJson.Default.PidRecord));
            hold.Reach("after-pid");
            terminal?.HandOn(command);
            var (exitCode, signal, timedOut) = output.FollowToEnd(command, TimeSpan.FromMilliseconds(spec.TimeLimitMs));
            hold.Reach("before-exit");
            WriteExit(files, new ExitRecord(digest, exitCode, signal, null, timedOut, Now, output.Digest(), output.Bytes));
            return null;
        }
    }

    private static void WriteLines(RunFolder files, string digest, LinesOfNote? lines, DateTimeOffset begun)
    {
        if (lines is not null)
        {
            DurableFile.Replace(files.Lines, lines.ToBytes(digest, begun), flush: false);
        }
    }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private static void WriteExit(RunFolder files, ExitRecord exit) => DurableFile.Replace(files.Exit, Json(exit, SupervisorJson.Default.ExitRecord));

    private static byte[] Json<T>(T record, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(record, type);

    /// <summary>Out of our parent's session, deaf to what is meant for it, and without its terminal or pipes; those of a terminal of our own are kept.</summary>
    private static void Detach(bool hasTerminal)
    {
        foreach (var signal in (int[])[Libc.SigHup, Libc.SigInt, Libc.SigQuit, Libc.SigTerm])
        {
            Libc.Signal(signal, Libc.Ignore);
        }

        if (hasTerminal)
        {
            return;
        }

        // Fails only for who leads a group already, and then we are nobody's child.
        _ = Libc.SetSid();
        const int readAndWrite = 2;
        var nowhere = Libc.Open("/dev/null", readAndWrite);
        if (nowhere < 0)
        {
            throw new IOException($"/dev/null cannot be opened: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        for (var stream = 0; stream <= 2; stream++)
        {
            _ = Libc.Dup2(nowhere, stream);
        }

        _ = Libc.Close(nowhere);
    }

    /// <summary>Held for as long as we live, so that whoever follows sees that we do. Null where another supervisor has it.</summary>
    private static FileStream? Lock(string path)
    {
        var begun = TimeProvider.System.GetTimestamp();
        using var pause = new ManualResetEventSlim();
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (TimeProvider.System.GetElapsedTime(begun) < LockPatience)
            {
                // A follower looks whether it is held, which holds it for a moment.
                pause.Wait(TimeSpan.FromMilliseconds(10));
            }
            catch (IOException)
            {
                return null;
            }
        }
    }
}
