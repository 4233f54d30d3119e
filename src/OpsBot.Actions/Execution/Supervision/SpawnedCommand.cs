using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace OpsBot.Actions.Execution.Supervision;

/// <summary>A command as the leader of a process group of its own, so that all of it can be ended; the framework starts none such.</summary>
internal sealed class SpawnedCommand : IDisposable
{
    private const int OpenReadOnly = 0;
    private const int OpenReadAndWrite = 2;
    private const short NewGroup = 0x02, DefaultSignals = 0x04, SignalMask = 0x08, NewSession = 0x80;

    // Interrupted by a signal: call again.
    private const int Interrupted = 4;

    private readonly SafeFileHandle _output;

    private readonly bool _isTerminal;

    private SpawnedCommand(int pid, SafeFileHandle output, bool isTerminal) => (Pid, _output, _isTerminal) = (pid, output, isTerminal);

    public int Pid { get; }

    /// <summary>What it and its descendants print to either output, in order.</summary>
    public Stream OpenOutput() => new FileStream(_output, FileAccess.Read, bufferSize: 0);

    /// <summary>Types it at the command's terminal. False where it has none, or takes nothing.</summary>
    public bool Type(ReadOnlySpan<byte> keys) => _isTerminal && Terminal.Write((int)_output.DangerousGetHandle(), keys);

    /// <summary>Starts it, or says why it cannot be started.</summary>
    /// <param name="hasTerminal">A terminal of its own for all three streams; on Linux only.</param>
    public static (SpawnedCommand? Command, string? Problem) Start(
        IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, string workingDirectory, bool hasTerminal = false)
    {
        if (hasTerminal)
        {
            var (ours, device, problem) = Terminal.Open(rows: 50, columns: 200);
            return ours is null
                ? (null, $"no terminal for it: {problem}")
                : Start(arguments, environment, workingDirectory, ours, NewSession, actions =>
                {
                    // Who leads a session and has no terminal yet gets the one that it opens first. Ours stays open in the command, as the pipe's reading end does.
                    Check(Libc.AddOpen(actions, 0, device!, OpenReadAndWrite, 0));
                    Check(Libc.AddDup2(actions, 0, 1));
                    Check(Libc.AddDup2(actions, 0, 2));
                });
        }

        var ends = new int[2];
        if (Libc.Pipe(ends) != 0)
        {
            return (null, $"no pipe for its output: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        using var writing = new SafeFileHandle(ends[1], ownsHandle: true);
        return Start(arguments, environment, workingDirectory, new SafeFileHandle(ends[0], ownsHandle: true), NewGroup, actions =>
        {
            Check(Libc.AddOpen(actions, 0, "/dev/null", OpenReadOnly, 0));
            Check(Libc.AddDup2(actions, ends[1], 1));
            Check(Libc.AddDup2(actions, ends[1], 2));
            Check(Libc.AddClose(actions, ends[1]));
            // The reading end stays open in the command: should the supervisor be killed alone, what the command prints then does not end it half-way.
        });
    }

    /// <param name="ours">Where its output is read.</param>
    /// <param name="apart">A group or a session of its own.</param>
    private static (SpawnedCommand? Command, string? Problem) Start(
        IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, string workingDirectory, SafeFileHandle ours, short apart, Action<byte[]> streams)
    {
        var (actions, attributes) = (new byte[1024], new byte[1024]);
        Check(Libc.InitActions(actions));
        Check(Libc.InitAttributes(attributes));
        try
        {
            streams(actions);
            Check(Libc.AddChangeDirectory(actions, workingDirectory));
            var (all, none) = (new byte[256], new byte[256]);
            _ = (Libc.FillSet(all), Libc.EmptySet(none));
            Check(Libc.SetFlags(attributes, (short)(apart | DefaultSignals | SignalMask)));
            Check(Libc.SetGroup(attributes, 0));
            Check(Libc.SetDefaultSignals(attributes, all));
            Check(Libc.SetSignalMask(attributes, none));
            var error = Libc.Spawn(
                out var pid, arguments[0], actions, attributes, [.. arguments, null], [.. environment.Select(pair => $"{pair.Key}={pair.Value}"), null]);
            if (error != 0)
            {
                ours.Dispose();
                return (null, $"'{arguments[0]}' could not be started in '{workingDirectory}': {Marshal.GetPInvokeErrorMessage(error)}");
            }

            return (new SpawnedCommand(pid, ours, apart == NewSession), null);
        }
        finally
        {
            _ = (Libc.DestroyActions(actions), Libc.DestroyAttributes(attributes));
        }
    }

    /// <summary>Blocks until it ended. One of the two is set.</summary>
    public (int? ExitCode, int? Signal) Wait()
    {
        int status;
        while (Libc.WaitPid(Pid, out status, 0) != Pid)
        {
            if (Marshal.GetLastPInvokeError() != Interrupted)
            {
                throw new InvalidOperationException($"How process {Pid} ended cannot be read: {Marshal.GetLastPInvokeErrorMessage()}.");
            }
        }

        return (status & 0x7f) == 0 ? ((status >> 8) & 0xff, null) : (null, status & 0x7f);
    }

    /// <summary>Signals the whole group; false when nobody is left in it.</summary>
    public bool Signal(int signal) => Libc.Kill(-Pid, signal) == 0;

    public void Dispose() => _output.Dispose();

    private static void Check(int error)
    {
        if (error != 0)
        {
            throw new InvalidOperationException($"The C library refused to prepare a command: {Marshal.GetPInvokeErrorMessage(error)}.");
        }
    }
}
