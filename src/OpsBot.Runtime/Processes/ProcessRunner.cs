using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace OpsBot.Runtime.Processes;

/// <summary>Runs programs with bounds.</summary>
public interface IProcessRunner
{
    /// <summary>
    /// Runs the program to its end, its time limit or the cancellation, whichever comes first. At the limit and on cancellation it is killed
    /// with its descendants; what it left behind as a daemon when it ended by itself is not ours to find.
    /// </summary>
    /// <exception cref="OperationCanceledException">The token was cancelled; the program was killed.</exception>
    Task<ProcessResult> RunAsync(ProcessRequest request, CancellationToken cancellationToken);
}

internal sealed class ProcessRunner(TimeProvider time) : IProcessRunner
{
    private static readonly string[] PassedOn = ["PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "USER"];

    /// <summary>How long outputs may stay open after the program ended: a daemon that it left behind may hold them.</summary>
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(2);

    public async Task<ProcessResult> RunAsync(ProcessRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        var started = time.GetTimestamp();
        using var process = new Process { StartInfo = StartInfo(request) };
        try
        {
            process.Start();
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException or IOException or ArgumentException)
        {
            var reason = $"'{request.FileName}' could not be started in '{process.StartInfo.WorkingDirectory}': {e.Message}; check that it is installed, in PATH and executable";
            return new ProcessResult(ProcessOutcome.NotStarted, null, CapturedOutput.None, CapturedOutput.None, time.GetElapsedTime(started), reason);
        }

        var output = new HeadTailBuffer(request.MaxOutputBytes);
        var error = new HeadTailBuffer(request.MaxOutputBytes);
        var pumps = Task.WhenAll(
            PumpAsync(process.StandardOutput.BaseStream, output),
            PumpAsync(process.StandardError.BaseStream, error),
            WriteInputAsync(process, request.StandardInput));

        using var limit = new CancellationTokenSource(request.TimeLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var timedOut = false;
        try
        {
            await process.WaitForExitAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            Kill(process);
            timedOut = true;
        }

        if (request.OwnSession) ProcessGroup.Kill(process.Id);
        cancellationToken.ThrowIfCancellationRequested();
        await DrainAsync(pumps);
        return new ProcessResult(
            timedOut ? ProcessOutcome.TimedOut : ProcessOutcome.Exited, timedOut ? null : process.ExitCode,
            output.ToOutput(), error.ToOutput(), time.GetElapsedTime(started));
    }

    private static ProcessStartInfo StartInfo(ProcessRequest request)
    {
        var info = new ProcessStartInfo(request.OwnSession ? ProcessGroup.Leader : request.FileName)
        {
            WorkingDirectory = request.WorkingDirectory ?? Path.GetTempPath(),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        if (request.OwnSession) info.ArgumentList.Add(request.FileName);
        foreach (var argument in request.Arguments) info.ArgumentList.Add(argument);
        var own = request.BareEnvironment ? [] : PassedOn.Where(info.Environment.ContainsKey).ToDictionary(n => n, n => info.Environment[n]);
        info.Environment.Clear();
        foreach (var (name, value) in own) info.Environment[name] = value;
        foreach (var (name, value) in request.Environment) info.Environment[name] = value;
        return info;
    }

    private static async Task PumpAsync(Stream from, HeadTailBuffer to)
    {
        var buffer = new byte[32 * 1024];
        try
        {
            // the streams are closed with the process: no token is needed, and one would lose what had been read
            for (int read; (read = await from.ReadAsync(buffer, CancellationToken.None)) > 0;) to.Append(buffer.AsSpan(0, read));
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // closed under us
        }
    }

    private static async Task WriteInputAsync(Process process, string? input)
    {
        try
        {
            if (input is not null) await process.StandardInput.BaseStream.WriteAsync(Encoding.UTF8.GetBytes(input), CancellationToken.None);
            process.StandardInput.Close();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // the program did not want it
        }
    }

    private async Task DrainAsync(Task pumps)
    {
        try
        {
            await pumps.WaitAsync(DrainLimit, time, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            // what was printed until now is what there is
        }
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit(TimeSpan.FromSeconds(5));
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException or NotSupportedException)
        {
            // it ended by itself meanwhile
        }
    }
}
