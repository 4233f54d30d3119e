using OpsBot.Contracts.Ports;
using OpsBot.Ingress;
using OpsBot.Storage.Messages;

namespace OpsBot.Host.Serving;

/// <summary>Reads the quarantine once more: after an upgrade at start, and when a person asks.</summary>
internal sealed partial class QuarantineRereader(Quarantine quarantine, IWebhookReader reader, TimeProvider clock, ILogger<QuarantineRereader> log)
    : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly ILogger _log = log;

    /// <summary>Deliveries that could be read now, and those still left of what was tried.</summary>
    public Task<(int Read, int Left)> RereadAsync(bool all, CancellationToken cancellationToken) =>
        quarantine.RereadAsync(Read, all, cancellationToken);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                var (read, left) = await RereadAsync(all: false, stoppingToken);
                if (read + left > 0)
                {
                    LogReread(read, left);
                }

                return;
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                LogPutOff(failure.Message);
                await Task.Delay(Pause, clock, stoppingToken);
            }
        }
    }

    private Reread Read(QuarantinedDelivery kept, DateTimeOffset receivedAt)
    {
        var nothing = new Delivery(kept.Source, kept.DeliveryKey, []);
        try
        {
            var read = reader.Read(kept.Source, kept.Headers, kept.Body, receivedAt);
            var readable = nothing with { Messages = [.. read.SelectMany(one => one.ToDelivery().Messages)] };
            return new Reread(readable, [.. read.Where(one => one.Outcome is Normalised.Unreadable).Select(one => one.ToQuarantine((Normalised.Unreadable)one.Outcome))]);
        }
        catch (Exception failure) when (failure is NotJsonException or ArgumentException)
        {
            return new Reread(nothing, [kept with { Reason = failure.Message }]);
        }
    }

    [LoggerMessage(2101, LogLevel.Information, "Read {Read} deliveries from the quarantine with this version; {Left} still cannot be read.")]
    private partial void LogReread(int read, int left);

    [LoggerMessage(2102, LogLevel.Information, "The quarantine is read once more when the store is there: {Reason}")]
    private partial void LogPutOff(string reason);
}
