using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace OpsBot.Benchmarks.Load;

/// <summary>A process that says on standard error where it takes webhooks. Ended by its process id.</summary>
internal sealed class ServedProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly TaskCompletionSource<Uri> _webhooks = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly TaskCompletionSource<Uri> _console = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<string> _complaints = [];

    private ServedProcess(ProcessStartInfo info, string log)
    {
        var writer = TextWriter.Synchronized(new StreamWriter(log) { AutoFlush = true });
        _process = new Process { StartInfo = info };
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, line) =>
        {
            writer.WriteLine(line.Data);
            if (line.Data is { } said && (said.Contains(" warn: ", StringComparison.Ordinal) || said.Contains(" fail: ", StringComparison.Ordinal) || said.Contains(" crit: ", StringComparison.Ordinal)))
            {
                _complaints.Enqueue(said);
            }

            if (line.Data is null)
            {
                _webhooks.TrySetException(new InvalidOperationException($"{info.FileName} ended before it listened; see {log}."));
            }
            else if (line.Data.StartsWith("Webhooks on ", StringComparison.Ordinal))
            {
                _webhooks.TrySetResult(new Uri(line.Data["Webhooks on ".Length..]));
            }
            else if (line.Data.StartsWith("Console on ", StringComparison.Ordinal))
            {
                _console.TrySetResult(new Uri(line.Data["Console on ".Length..]));
            }
        };
        _process.Start();
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    public Task<Uri> Webhooks => _webhooks.Task;

    public Task<Uri> Console => _console.Task;

    /// <summary>Warnings and errors that it logged.</summary>
    public IReadOnlyCollection<string> Complaints => _complaints;

    /// <summary>Resident memory in MB, now; 0 when it has ended.</summary>
    public double ResidentMb => Field("VmRSS:") / 1024;

    /// <summary>The most resident memory so far, in MB.</summary>
    public double PeakMb => Field("VmHWM:") / 1024;

    /// <summary>Processor time so far.</summary>
    public TimeSpan Processor => _process.TotalProcessorTime;

    public static ServedProcess Start(string program, string folder, params string[] arguments)
    {
        var info = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false, WorkingDirectory = folder };
        info.Environment["OPSBOT_DATA"] = Path.Combine(folder, "data");
        return new ServedProcess(info, Path.Combine(folder, "log"));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    private double Field(string name) => _process.HasExited
        ? 0
        : File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{_process.Id}/status"))
            .Where(line => line.StartsWith(name, StringComparison.Ordinal))
            .Select(line => double.Parse(line.AsSpan(name.Length).Trim().TrimEnd(" kB"), CultureInfo.InvariantCulture)).FirstOrDefault();
}
