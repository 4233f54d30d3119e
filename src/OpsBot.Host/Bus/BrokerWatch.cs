using MassTransit;

namespace OpsBot.Host.Bus;

/// <summary>Says once that the broker is away, and once that it is back: what a person wants to know of all that follows from it.</summary>
internal sealed partial class BrokerWatch(IBusControl bus, TimeProvider clock, ILogger<BrokerWatch> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    /// <summary>What is over sooner is not worth a word; nor is the start.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ILogger _log = log;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        var (since, isTold) = (clock.GetTimestamp(), false);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (bus.CheckHealth().Status == BusHealthStatus.Healthy)
            {
                if (isTold)
                {
                    LogBack((long)clock.GetElapsedTime(since).TotalSeconds);
                }

                (since, isTold) = (clock.GetTimestamp(), false);
            }
            else if (!isTold && clock.GetElapsedTime(since) >= Patience)
            {
                isTold = true;
                LogAway();
            }
        }
    }

    [LoggerMessage(2008, LogLevel.Error, "The broker is away. What comes in is stored and answered as ever, and handled once the broker is back; nothing needs to be started again. Look at bus.rabbitmq, and whether the server answers.")]
    private partial void LogAway();

    [LoggerMessage(2009, LogLevel.Warning, "The broker is back after {Seconds} s; what was stored meanwhile is handled now.")]
    private partial void LogBack(long seconds);
}
