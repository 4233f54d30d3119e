using OpsBot.Contracts.Events;

namespace OpsBot.Ingress.Polls;

/// <summary>
/// Of what a look gave, what the look before did not: a job that stands where it stood is no event. The store knows each delivery too, so that a restart, and a
/// second host that asks the same, give nothing twice.
/// </summary>
internal sealed class PollNews(TimeSpan lookBack)
{
    private HashSet<string> _before = [];
    private DateTimeOffset? _lookedAt;

    /// <summary>The deliveries that are new, events only.</summary>
    public IReadOnlyList<ReadDelivery> Of(IReadOnlyList<ReadDelivery> looked, DateTimeOffset now)
    {
        // Also after the first look: one that gave nothing makes no news of what was old before it. What happened since the last look is none of that.
        var reach = now - _lookedAt is { } since && since > lookBack ? since : lookBack;
        return
        [
            .. looked.Where(delivery => delivery.Outcome is Normalised.Events && !_before.Contains(delivery.DeliveryKey) && !IsOld(delivery, now - reach)),
        ];
    }

    /// <summary>What was taken is not news any more. Not called where the store could not take it.</summary>
    public void Remember(IReadOnlyList<ReadDelivery> looked, DateTimeOffset now)
    {
        if (looked.Any(delivery => delivery.Outcome is Normalised.Unreadable))
            return;
        _before = [.. looked.Select(delivery => delivery.DeliveryKey)];
        _lookedAt = now;
    }

    private static bool IsOld(ReadDelivery delivery, DateTimeOffset before) =>
        delivery.Outcome is Normalised.Events events && events.Items.All(item => item.Record is TrainingJobReported
        {
            Status: TrainingJobStatus.Succeeded or TrainingJobStatus.Failed or TrainingJobStatus.Cancelled or TrainingJobStatus.Unknown,
            OccurredAt: { } at,
        } && at < before);
}
