using OpsBot.Contracts.Events;

namespace OpsBot.Incidents.Flow;

/// <summary>Reads the sender's clock, which may be wrong.</summary>
public static class SenderClock
{
    /// <summary>How far a sender's clock may run ahead of ours. Beyond it one event from the year 9999 would make all later ones stale.</summary>
    public static readonly TimeSpan AllowedLead = TimeSpan.FromMinutes(5);

    // Go's zero time and the Unix epoch are how senders write "not set".
    private static readonly DateTimeOffset Earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The time that orders this event: the sender's where it is plausible, else the time of receipt. <see cref="LastHeard.Date"/> comes first.</summary>
    public static DateTimeOffset TimeOf(AlertReported alert) =>
        Plausible(alert.OccurredAt, alert) ?? Plausible(alert.EndedAt, alert) ?? Plausible(alert.StartedAt, alert) ?? alert.ReceivedAt;

    /// <summary>When the alert began by the sender's clock; null where it does not say.</summary>
    public static DateTimeOffset? StartOf(AlertReported alert) => Plausible(alert.StartedAt, alert);

    private static DateTimeOffset? Plausible(DateTimeOffset? time, AlertReported alert)
    {
        if (time is not { } said || said < Earliest)
            return null;
        if (alert.ReceivedAt < Earliest)
            return said;
        var latest = alert.ReceivedAt + AllowedLead;
        return said < latest ? said : latest;
    }
}
