using OpsBot.Storage.Retention;

namespace OpsBot.Host.Bus;

/// <summary>Prunes the store every hour, beside the pump: it may take a while.</summary>
internal sealed partial class Pruner(StorePruning pruning, TimeProvider clock, ILogger<Pruner> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    private readonly ILogger _log = log;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
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
