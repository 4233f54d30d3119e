using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OpsBot.Actions.Audit;

/// <summary>Anchors the head at start, every hour and at a graceful stop. After a crash the next start makes up for it.</summary>
public sealed partial class AuditAnchoring(AuditAnchors anchors, IOptions<AuditOptions> options, TimeProvider clock, ILogger<AuditAnchoring> log) : BackgroundService
{
    private readonly ILogger _log = log;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await TryAsync(stoppingToken);
            await Task.Delay(options.Value.AnchorEvery, clock, stoppingToken);
        }
    }

    private async Task TryAsync(CancellationToken cancellationToken)
    {
        try
        {
            await anchors.AnchorAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogFailed(anchors.File, e.Message);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // the host stops, or its time for that is up
        }
        catch (Exception e)
        {
            // the store is away
            LogPutOff(e.Message);
        }
    }

    [LoggerMessage(3202, LogLevel.Error, "The head of the audit could not be anchored in '{File}': {Reason}. What is cut off its end meanwhile may go unnoticed; make the file writable, or name another as audit.anchor.")]
    private partial void LogFailed(string file, string reason);

    [LoggerMessage(3203, LogLevel.Warning, "The head of the audit was not anchored, for the audit could not be read: {Reason} It is with the next.")]
    private partial void LogPutOff(string reason);
}
