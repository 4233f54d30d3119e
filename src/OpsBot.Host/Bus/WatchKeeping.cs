using OpsBot.Watches.Declared;

namespace OpsBot.Host.Bus;

/// <summary>Looks after the timers of watches at the start and every minute from then on.</summary>
internal sealed partial class WatchKeeping(WatchKeeper keeper, TimeProvider clock, ILogger<WatchKeeping> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    private readonly ILogger _log = log;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        do
        {
            try
            {
                if (await keeper.KeepAsync(stoppingToken) is > 0 and var lost)
                    LogRevived(lost);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(failure.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(2301, LogLevel.Warning, "{Count} running watches had no timer any more; they have a new one.")]
    private partial void LogRevived(int count);

    [LoggerMessage(2302, LogLevel.Warning, "The timers of watches could not be looked after; it is tried again in a minute: {Reason}")]
    private partial void LogFailed(string reason);
}
