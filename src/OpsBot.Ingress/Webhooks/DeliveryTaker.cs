using Microsoft.Extensions.Logging;
using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Telemetry;

namespace OpsBot.Ingress.Webhooks;

/// <summary>Stores what was read, whatever way it came: events as rows, the unreadable in the quarantine.</summary>
public sealed class DeliveryTaker(IIntake intake, ILogger<DeliveryTaker> log)
{
    // together they are one commit of the store, or few
    private const int AtOnce = 64;

    /// <summary>Returns once everything is committed. Taking the same again is harmless.</summary>
    /// <exception cref="IntakeOverloadedException">The store cannot take it at the moment; some of it may be in.</exception>
    public Task TakeAsync(IReadOnlyList<ReadDelivery> deliveries, CancellationToken cancellationToken) =>
        CountAsync(deliveries, enough: CancellationToken.None, cancellationToken);

    /// <summary>The same, and what became of them.</summary>
    /// <param name="enough">What is not before the store by then is left alone: nobody waits any more, and its bytes are gone.</param>
    internal async Task<Taken> CountAsync(IReadOnlyList<ReadDelivery> deliveries, CancellationToken enough, CancellationToken cancellationToken)
    {
        var all = new Taken();
        foreach (var together in Together(deliveries))
        {
            enough.ThrowIfCancellationRequested();
            foreach (var taken in await Task.WhenAll(together.Select(delivery => TakeAsync(delivery, cancellationToken))))
                all = all.And(taken);
        }

        return all;
    }

    /// <summary>Deliveries that need not stand in the store in the order in which they are told: of a stream no two.</summary>
    private static IEnumerable<IReadOnlyList<ReadDelivery>> Together(IReadOnlyList<ReadDelivery> deliveries)
    {
        var (together, streams) = (new List<ReadDelivery>(), new HashSet<string>(StringComparer.Ordinal));
        foreach (var delivery in deliveries)
        {
            List<string> own = delivery.Outcome is Normalised.Events events ? [.. events.Items.Select(item => item.Stream)] : [];
            if (together.Count == AtOnce || own.Exists(streams.Contains))
            {
                yield return together;
                (together, streams) = ([], new HashSet<string>(StringComparer.Ordinal));
            }

            together.Add(delivery);
            streams.UnionWith(own);
        }

        if (together.Count > 0)
            yield return together;
    }

    private async Task<Taken> TakeAsync(ReadDelivery delivery, CancellationToken cancellationToken)
    {
        switch (delivery.Outcome)
        {
            case Normalised.Events:
                var result = await intake.AcceptAsync(delivery.ToDelivery() with { Trace = TraceContext.Current }, cancellationToken);
                IngressMetrics.Count(delivery.Source, result == IntakeResult.Duplicate ? "duplicate" : "accepted");
                return result == IntakeResult.Duplicate ? new Taken { Duplicates = 1 } : new Taken { Accepted = 1 };
            case Normalised.Unreadable why:
                IngressLog.Quarantined(log, delivery.Source, why.Field, why.Reason);
                var kept = await intake.QuarantineAsync(delivery.ToQuarantine(why), cancellationToken);
                IngressMetrics.Count(delivery.Source, kept == IntakeResult.Duplicate ? "duplicate" : "quarantined");
                return new Taken { Quarantined = [new Quarantine(why.Field, why.Reason)] };
            default:
                IngressMetrics.Count(delivery.Source, "ignored");
                return new Taken { Ignored = 1 };
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

    public Taken And(Taken other) => new()
    {
        Accepted = Accepted + other.Accepted,
        Duplicates = Duplicates + other.Duplicates,
        Ignored = Ignored + other.Ignored,
        Quarantined = [.. Quarantined, .. other.Quarantined],
    };
}

/// <summary>What could not be read.</summary>
internal sealed record Quarantine(string Field, string Reason);
