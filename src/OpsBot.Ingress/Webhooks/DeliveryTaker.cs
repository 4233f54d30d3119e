using Microsoft.Extensions.Logging;
using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Telemetry;

namespace OpsBot.Ingress.Webhooks;

/// <summary>Stores what was read, whatever way it came: events as rows, the unreadable in the quarantine.</summary>
public sealed class DeliveryTaker(IIntake intake, ILogger<DeliveryTaker> log)
{
    /// <summary>Returns once everything is committed. Taking the same again is harmless.</summary>
    /// <exception cref="IntakeOverloadedException">The store cannot take it at the moment; some of it may be in.</exception>
    public async Task TakeAsync(IReadOnlyList<ReadDelivery> deliveries, CancellationToken cancellationToken)
    {
        foreach (var delivery in deliveries)
            await TakeAsync(delivery, new Taken(), cancellationToken);
    }

    internal async Task<Taken> TakeAsync(ReadDelivery delivery, Taken taken, CancellationToken cancellationToken)
    {
        switch (delivery.Outcome)
        {
            case Normalised.Events:
                var result = await intake.AcceptAsync(delivery.ToDelivery() with { Trace = TraceContext.Current }, cancellationToken);
                IngressMetrics.Count(delivery.Source, result == IntakeResult.Duplicate ? "duplicate" : "accepted");
                return taken.With(result);
            case Normalised.Unreadable why:
                IngressLog.Quarantined(log, delivery.Source, why.Field, why.Reason);
                var kept = await intake.QuarantineAsync(delivery.ToQuarantine(why), cancellationToken);
                IngressMetrics.Count(delivery.Source, kept == IntakeResult.Duplicate ? "duplicate" : "quarantined");
                return taken with { Quarantined = [.. taken.Quarantined, new Quarantine(why.Field, why.Reason)] };
            default:
                IngressMetrics.Count(delivery.Source, "ignored");
                return taken with { Ignored = taken.Ignored + 1 };
        }
    }
}

/// <summary>What a 202 says.</summary>
internal sealed record Taken
{
    public int Accepted { get; init; }

    public int Duplicates { get; init; }

    /// <summary>Understood, and nothing to do.</summary>
    public int Ignored { get; init; }

    public IReadOnlyList<Quarantine> Quarantined { get; init; } = [];

    public Taken With(IntakeResult result) =>
        result == IntakeResult.Duplicate ? this with { Duplicates = Duplicates + 1 } : this with { Accepted = Accepted + 1 };
}

/// <summary>What could not be read.</summary>
internal sealed record Quarantine(string Field, string Reason);
