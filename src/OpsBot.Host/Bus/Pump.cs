using MassTransit;
using OpsBot.Storage.Messages;

namespace OpsBot.Host.Bus;

/// <summary>Brings due rows that this host handles onto the bus, and back into the table what nobody took.</summary>
internal sealed partial class Pump(
    MessageQueue queue, MessageKinds kinds, MessageSignal signal, Intake intake, IBus bus, TimeProvider clock,
    ILogger<Pump> log) : BackgroundService
{
    private static readonly TimeSpan PublishLimit = TimeSpan.FromSeconds(10);
    // A broker confirms many together: one after the other each would wait for its disk.
    private const int AtOnce = 100;
    private const int BatchesAtOnce = 4;

    // While much comes in, looks are worth their cost when they find many.
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(10);

    // A bus that returns them at once would be asked again without end.
    private static readonly TimeSpan BeforePutBack = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(2);

    private readonly ILogger _log = log;
    private long _swept;
    private bool _isStuck;
    private volatile bool _isRefused;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            // Nothing is claimed any more. What lies on the bus goes back before the bus stops: its copies are stale, and need no draining.
            await queue.ReleaseUntakenAsync(cancellationToken);
        }
        catch (Exception failure)
        {
            LogNotReleased(failure);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await RunAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task RunAsync(CancellationToken stoppingToken)
    {
        // The next rows are claimed while a broker still confirms the last ones; how many there may be in all is bounded by the claim.
        var publishing = new List<Task>();
        var looked = clock.GetTimestamp();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await SweepAsync(stoppingToken);
                if (clock.GetElapsedTime(looked) is var since && since < BetweenLooks)
                {
                    await Task.Delay(BetweenLooks - since, clock, stoppingToken);
                }

                looked = clock.GetTimestamp();
                var claimed = await queue.ClaimAsync(kinds.Most, stoppingToken);
                if (claimed.Count > 0)
                {
                    publishing.Add(PublishAsync(claimed, stoppingToken));
                }

                if (_isStuck)
                {
                    _isStuck = false;
                    LogGoesOn();
                }

                publishing.RemoveAll(batch => batch.IsCompletedSuccessfully);
                if (publishing.Find(batch => batch.IsFaulted || batch.IsCanceled) is { } failed)
                {
                    publishing.Remove(failed);
                    await failed;
                }

                if (publishing.Count >= BatchesAtOnce)
                {
                    await Task.WhenAny(publishing);
                }
                else if (claimed.Count == 0)
                {
                    await signal.WaitAsync(queue.LookAgainAfter, stoppingToken);
                }
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                // The store or the bus is away: rows stay where they are.
                if (!_isStuck)
                {
                    _isStuck = true;
                    LogFailed(failure.Message);
                }

                await Task.Delay(TimeSpan.FromSeconds(1), clock, stoppingToken);
            }
        }

        await Task.WhenAll(publishing);
    }

    private async Task PublishAsync(IReadOnlyList<ClaimedMessage> claimed, CancellationToken stoppingToken)
    {
        // Let the loop go on: a bus in memory takes them on the spot.
        await Task.Yield();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        limit.CancelAfter(PublishLimit);
        var missed = new List<long>();
        var reason = "";
        await Parallel.ForEachAsync(
            claimed,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stoppingToken },
            async (message, _) =>
            {
                try
                {
                    await kinds.PublishAsync(bus, message, limit.Token);
                }
                catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
                {
                    lock (missed)
                    {
                        missed.Add(message.Id);
                        reason = failure.Message;
                    }
                }
            });
        if (missed.Count == 0)
        {
            _isRefused = false;
        }
        else
        {
            // said once for as long as the bus takes none
            if (!_isRefused)
            {
                _isRefused = true;
                LogNotPublished(missed.Count, reason);
            }

            await Task.Delay(BeforePutBack, clock, stoppingToken);
            await queue.ReleaseAsync(missed, stoppingToken);
        }
    }

    private async Task SweepAsync(CancellationToken stoppingToken)
    {
        if (_swept != 0 && clock.GetElapsedTime(_swept) < SweepEvery)
        {
            return;
        }

        _swept = clock.GetTimestamp();
        if (await queue.FreeAbandonedAsync(stoppingToken) is > 0 and var freed)
        {
            LogFreed(freed);
        }

        await intake.FlushRefusedAsync(stoppingToken);
    }

    [LoggerMessage(2001, LogLevel.Warning, "Due messages cannot be brought onto the bus; they stay in the table until that is possible: {Reason}")]
    private partial void LogFailed(string reason);

    [LoggerMessage(2007, LogLevel.Information, "Due messages are brought onto the bus again.")]
    private partial void LogGoesOn();

    [LoggerMessage(2002, LogLevel.Warning, "The bus did not take {Count} messages; they are put back and tried again until it does: {Reason}")]
    private partial void LogNotPublished(int count, string reason);

    [LoggerMessage(2003, LogLevel.Information, "Freed {Count} messages that a dead or silent worker held.")]
    private partial void LogFreed(int count);

    [LoggerMessage(2004, LogLevel.Warning, "What lies on the bus could not be put back; the next start frees it.")]
    private partial void LogNotReleased(Exception failure);
}
