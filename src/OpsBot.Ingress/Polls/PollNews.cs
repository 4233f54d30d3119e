using OpsBot.Contracts.Events;

namespace OpsBot.Ingress.Polls;

/// <summary>
/// Of what a look gave, what the look before did not: a job that stands where it stood is no event. The store knows each delivery too, so that a restart, and a
/// second host that asks the same, give nothing twice.
/// </summary>
internal sealed class PollNews(TimeSpan lookBack)
{
    private HashSet<string>? _before;

    /// <summary>The deliveries that are new, events only.</summary>
    public IReadOnlyList<ReadDelivery> Of(IReadOnlyList<ReadDelivery> looked, DateTimeOffset now)
    {
        var news = looked.Where(delivery => delivery.Outcome is Normalised.Events && _before?.Contains(delivery.DeliveryKey) != true);
        return _before is null ? [.. news.Where(delivery => !IsOld(delivery, now))] : [.. news];
    }

    /// <summary>What was taken is not news any more. Not called where the store could not take it.</summary>
    public void Remember(IReadOnlyList<ReadDelivery> looked) => _before = [.. looked.Select(delivery => delivery.DeliveryKey)];

    private bool IsOld(ReadDelivery delivery, DateTimeOffset now) =>
        delivery.Outcome is Normalised.Events events && events.Items.All(item => item.Record is TrainingJobReported
        {
            Status: TrainingJobStatus.Succeeded or TrainingJobStatus.Failed or TrainingJobStatus.Cancelled or TrainingJobStatus.Unknown,
            OccurredAt: { } at,
        } && now - at > lookBack);
}
