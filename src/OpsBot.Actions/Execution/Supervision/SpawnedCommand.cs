using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace OpsBot.Actions.Execution.Supervision;

/// <summary>A command as the leader of a process group of its own, so that all of it can be ended; the framework starts none such.</summary>
internal sealed class SpawnedCommand : IDisposable
{
    private const int OpenReadOnly = 0;
    private const short NewGroup = 0x02, DefaultSignals = 0x04, SignalMask = 0x08;

    // Interrupted by a signal: call again.
    private const int Interrupted = 4;

    private readonly SafeFileHandle _output;

    private SpawnedCommand(int pid, SafeFileHandle output) => (Pid, _output) = (pid, output);

    public int Pid { get; }

    /// <summary>What it and its descendants print to either output, in order.</summary>
    public Stream OpenOutput() => new FileStream(_output, FileAccess.Read, bufferSize: 0);

    /// <summary>Starts it, or says why it cannot be started.</summary>
    public static (SpawnedCommand? Command, string? Problem) Start(
        IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, string workingDirectory)
    {
        var ends = new int[2];
        if (Libc.Pipe(ends) != 0)
        {
            return (null, $"no pipe for its output: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        var (reading, writing) = (new SafeFileHandle(ends[0], ownsHandle: true), new SafeFileHandle(ends[1], ownsHandle: true));
        var (actions, attributes) = (new byte[1024], new byte[1024]);
        Check(Libc.InitActions(actions));
        Check(Libc.InitAttributes(attributes));
        try
        {
            Check(Libc.AddOpen(actions, 0, "/dev/null", OpenReadOnly, 0));
            Check(Libc.AddDup2(actions, ends[1], 1));
            Check(Libc.AddDup2(actions, ends[1], 2));
            Check(Libc.AddClose(actions, ends[1]));
            // The reading end stays open in the command: should the supervisor be killed alone, what the command prints then does not end it half-way.
            Check(Libc.AddChangeDirectory(actions, workingDirectory));
            var (all, none) = (new byte[256], new byte[256]);
            _ = (Libc.FillSet(all), Libc.EmptySet(none));
            Check(Libc.SetFlags(attributes, NewGroup | DefaultSignals | SignalMask));
            Check(Libc.SetGroup(attributes, 0));
            Check(Libc.SetDefaultSignals(attributes, all));
            Check(Libc.SetSignalMask(attributes, none));
            var error = Libc.Spawn(
                out var pid, arguments[0], actions, attributes, [.. arguments, null], [.. environment.Select(pair => $"{pair.Key}={pair.Value}"), null]);
            if (error != 0)
            {
                reading.Dispose();
                return (null, $"'{arguments[0]}' could not be started in '{workingDirectory}': {Marshal.GetPInvokeErrorMessage(error)}");
            }

            return (new SpawnedCommand(pid, reading), null);
        }
        finally
        {
            writing.Dispose();
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
