using OpsBot.Contracts.Events;
using OpsBot.Ingress.Reading;

namespace OpsBot.Ingress.Polls;

/// <summary>
/// Of what a look gave, what the look before did not: a job that stands where it stood is no event. The store knows each delivery too, so that a restart, and a
/// second host that asks the same, give nothing twice.
/// </summary>
internal sealed class PollNews(TimeSpan lookBack)
{
    private HashSet<string> _before = [];
    private Dictionary<string, End> _ends = [];
    private DateTimeOffset? _lookedAt;

    /// <summary>
    /// The same, where a job that went on after its end is told from one that never ended: of senders that have one key for both, by the end that a look gave before.
    /// It went on now, for all that anybody says.
    /// </summary>
    public IReadOnlyList<ReadDelivery> Resumed(IReadOnlyList<ReadDelivery> looked, DateTimeOffset now) =>
    [
        .. looked.Select(delivery => delivery.OneKeyForAllRuns && Job(delivery) is { } job && !IsOver(job) && _ends.TryGetValue(job.JobKey, out var end)
            ? delivery with { DeliveryKey = Bounds.Key($"{delivery.DeliveryKey}/after/{end.Delivery}"), Outcome = Normalised.Of(job.OccurredAt > end.At ? job : job with { OccurredAt = now }) }
            : delivery),
    ];

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
        var ends = new Dictionary<string, End>(StringComparer.Ordinal);
        foreach (var delivery in looked)
        {
            if (Job(delivery) is not { } job)
                continue;
            if (IsOver(job))
                ends[job.JobKey] = new End(delivery.DeliveryKey, job.OccurredAt ?? now);
            else if (_ends.TryGetValue(job.JobKey, out var earlier))
                ends.TryAdd(job.JobKey, earlier);
        }

        _ends = ends;
    }

    private static bool IsOld(ReadDelivery delivery, DateTimeOffset before) =>
        delivery.Outcome is Normalised.Events events && events.Items.All(item => item.Record is TrainingJobReported { OccurredAt: { } at } job
            && (IsOver(job) || job.Status == TrainingJobStatus.Unknown)
            && at < before);

    private static TrainingJobReported? Job(ReadDelivery delivery) => delivery.Outcome is Normalised.Events { Items: [{ Record: TrainingJobReported job }] } ? job : null;

    private static bool IsOver(TrainingJobReported job) => job.Status is TrainingJobStatus.Succeeded or TrainingJobStatus.Failed or TrainingJobStatus.Cancelled;

    /// <param name="Delivery">Its key.</param>
    private sealed record End(string Delivery, DateTimeOffset At);
}
