using OpsBot.Storage.Retention;

namespace OpsBot.Host.Bus;

/// <summary>Prunes the store soon after the start and then every hour, beside the pump: it may take a while. Of several hosts one does it at a time.</summary>
internal sealed partial class Pruner(StorePruning pruning, TimeProvider clock, ILogger<Pruner> log) : BackgroundService
{
    // Soon, because a host that is started anew more often than every hour would never prune.
    private static readonly TimeSpan First = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    private readonly ILogger _log = log;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(First, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            timer.Period = Every;
            try
            {
                if (await pruning.PruneAsync(stoppingToken) is > 0 and var deleted)
                {
                    LogPruned(deleted);
                }
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(failure);
            }
        }
    }

    [LoggerMessage(2005, LogLevel.Information, "Pruned {Count} rows that are older than the retention.")]
    private partial void LogPruned(int count);

    [LoggerMessage(2006, LogLevel.Warning, "Pruning ended early; it goes on within the hour.")]
    private partial void LogFailed(Exception failure);
}
