namespace OpsBot.Host.Serving;

/// <summary>Runs the program from its start to its end.</summary>
internal static partial class ServerRun
{
    // The stop itself has a limit of its own; this is for what closes behind it.
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Serves until it is told to stop. Told to, it ends well whatever is away: what could not be given back comes back when its lease runs out.
    /// </summary>
    /// <param name="started">Called once everything listens.</param>
    /// <returns>False where it stopped by itself, which no host should.</returns>
    public static async Task<bool> RunAsync(this WebApplication app, Func<WebApplication, Task> started, CancellationToken told)
    {
        try
        {
            await app.StartOrStopAsync(told);
            await started(app);
            await app.WaitForShutdownAsync(told);
        }
        catch (Exception unfinished) when (told.IsCancellationRequested)
        {
            LogUnfinished(app.Logger, unfinished.Message);
        }
        finally
        {
            await CloseAsync(app);
        }

        return told.IsCancellationRequested;
    }

    private static async Task CloseAsync(WebApplication app)
    {
        var clock = app.Services.GetRequiredService<TimeProvider>();
        try
        {
            await app.DisposeAsync().AsTask().WaitAsync(CloseLimit, clock);
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
