using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace OpsBot.IntegrationTests.Support;

/// <summary>A running <c>opsbot serve</c> on free ports of 127.0.0.1. Ended by its process id.</summary>
internal sealed class OpsBotProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly TaskCompletionSource<Uri> _webhooks = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<Uri> _console = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<Uri> _health = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<bool> _held = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private OpsBotProcess(ProcessStartInfo info)
    {
        _process = new Process { StartInfo = info };
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.OutputDataReceived += (_, _) => { };
        _process.Start();
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    /// <summary>Where webhooks are taken; ends in failure when the process ends before it listens.</summary>
    public Task<Uri> Webhooks => _webhooks.Task;

    public Task<Uri> Console => _console.Task;

    /// <summary>Where a host that takes no webhooks tells how it is.</summary>
    public Task<Uri> Health => _health.Task;

    public int Id => _process.Id;

    /// <summary>True once the process holds at the point that it was given; false when it ended before.</summary>
    public Task<bool> Held => _held.Task;

    /// <summary>Everything on standard error so far.</summary>
    public string Errors => string.Join('\n', _errors);

    /// <param name="config">Path of the configuration.</param>
    /// <param name="holdAt"><c>point:n</c> of OPSBOT_HOLD_AT.</param>
    /// <param name="supervisorAt">Point of OPSBOT_HOLD_SUPERVISOR_AT.</param>
    public static OpsBotProcess Start(DataFolder folder, string config, string? holdAt = null, string? supervisorAt = null)
    {
        var info = OpsBotProgram.StartInfo(
            folder, ["serve", "--config", config, "--urls", "http://127.0.0.1:0", "--console-urls", "http://127.0.0.1:0"]);
        if (holdAt is not null)
        {
            info.Environment["OPSBOT_HOLD_AT"] = holdAt;
        }

        if (supervisorAt is not null)
        {
            info.Environment["OPSBOT_HOLD_SUPERVISOR_AT"] = supervisorAt;
        }

        return new OpsBotProcess(info);
    }

    /// <summary>Starts it in a way of the test's own.</summary>
    public static OpsBotProcess Start(ProcessStartInfo info) => new(info);

    /// <summary>Starts and waits until it listens.</summary>
    public static Task<OpsBotProcess> ServeAsync(DataFolder folder, string config, CancellationToken cancellationToken) =>
        ServeAsync(folder, config, process => Task.WhenAll(process.Webhooks, process.Console), cancellationToken);

    /// <summary>Starts and waits until it listens in the way that is asked for.</summary>
    public static async Task<OpsBotProcess> ServeAsync(
        DataFolder folder, string config, Func<OpsBotProcess, Task> listens, CancellationToken cancellationToken)
    {
        var process = Start(folder, config);
        try
        {
            await listens(process).WaitAsync(OpsBotProgram.Patience, TimeProvider.System, cancellationToken);
            return process;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>SIGKILL, as the out-of-memory killer sends it.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>Sends a signal by name, as <c>STOP</c>.</summary>
    public async Task SignalAsync(string name, CancellationToken cancellationToken)
    {
        using var kill = Process.Start("/bin/kill", [$"-{name}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(cancellationToken);
    }

    /// <summary>SIGTERM, as an init system sends it. Returns the exit status.</summary>
    public async Task<int> TerminateAsync(CancellationToken cancellationToken)
    {
        await SignalAsync("TERM", cancellationToken);
        await _process.WaitForExitAsync(cancellationToken).WaitAsync(OpsBotProgram.Patience, TimeProvider.System, cancellationToken);
        return _process.ExitCode;
    }

    /// <summary>Waits until it has ended by itself.</summary>
    public Task EndedAsync(CancellationToken cancellationToken) =>
        _process.WaitForExitAsync(cancellationToken).WaitAsync(OpsBotProgram.Patience, TimeProvider.System, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private void Read(string? line)
    {
        if (line is null)
        {
            var ended = new InvalidOperationException($"opsbot ended before it listened:\n{Errors}");
            _webhooks.TrySetException(ended);
            _console.TrySetException(ended);
            _health.TrySetException(ended);
            _held.TrySetResult(false);
            _ = (_webhooks.Task.Exception, _console.Task.Exception, _health.Task.Exception);
            return;
        }

        _errors.Enqueue(line);
        if (line.StartsWith('{') && JsonDocument.Parse(line).RootElement.TryGetProperty("message", out var message))
        {
            // where the log is JSON, so is what tells the addresses
            line = message.GetString()!;
        }

        if (line.StartsWith("Webhooks on ", StringComparison.Ordinal))
        {
            _webhooks.TrySetResult(new Uri(line["Webhooks on ".Length..]));
        }
        else if (line.StartsWith("Console on ", StringComparison.Ordinal))
        {
            _console.TrySetResult(new Uri(line["Console on ".Length..]));
        }
        else if (line.StartsWith("Health on ", StringComparison.Ordinal))
        {
            _health.TrySetResult(new Uri(line["Health on ".Length..]));
        }
        else if (line.StartsWith("held at ", StringComparison.Ordinal))
        {
            _held.TrySetResult(true);
        }
    }
}
