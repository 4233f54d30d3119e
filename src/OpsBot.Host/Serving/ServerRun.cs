namespace OpsBot.Host.Serving;

/// <summary>Runs the program from its start to its end.</summary>
internal static partial class ServerRun
{
    // The host tells its services at HostOptions.ShutdownTimeout that their time is up; one that waits for a server that is silent may not hear it.
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Serves until it is told to stop. Told to, it ends well whatever is away: what could not be given back comes back when its lease runs out.
    /// </summary>
    /// <param name="started">Called once everything listens.</param>
    /// <returns>False where it stopped by itself, which no host should.</returns>
    public static async Task<bool> RunAsync(this WebApplication app, Func<WebApplication, Task> started, CancellationToken told)
    {
        var clock = app.Services.GetRequiredService<TimeProvider>();
        try
        {
            await app.StartOrStopAsync(told);
            await started(app);
            await StoppedAsync(app, clock, told);
        }
        catch (Exception unfinished) when (told.IsCancellationRequested)
        {
            LogUnfinished(app.Logger, unfinished.Message);
        }
        finally
        {
            await CloseAsync(app, clock);
        }

        return told.IsCancellationRequested;
    }

    /// <exception cref="TimeoutException">It was told to stop and has not within the limit.</exception>
    private static async Task StoppedAsync(WebApplication app, TimeProvider clock, CancellationToken told)
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var telling = told.Register(() => asked.TrySetResult());
        var stopped = app.WaitForShutdownAsync(told);
        await Task.WhenAny(stopped, asked.Task);
        await stopped.WaitAsync(StopLimit, clock, CancellationToken.None);
    }

    private static async Task CloseAsync(WebApplication app, TimeProvider clock)
    {
        try
        {
            // some of it closes without giving the thread back
            await Task.Run(() => app.DisposeAsync().AsTask()).WaitAsync(CloseLimit, clock);
        }
        catch (Exception unfinished)
        {
            // the log is closed by now, perhaps
            await Console.Error.WriteLineAsync($"OpsBot ended before everything was closed: {unfinished.Message}");
        }
    }

    [LoggerMessage(2401, LogLevel.Warning, "OpsBot did not stop in order: {Reason} What it had in hand comes back when its leases run out.")]
    private static partial void LogUnfinished(ILogger log, string reason);
}
