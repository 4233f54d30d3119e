using OpsBot.Contracts.Events;
using OpsBot.Contracts.Incidents;

namespace OpsBot.Incidents.Flow;

/// <summary>The newest that is known of an alert, in whichever incident.</summary>
/// <param name="At">By the sender's clock.</param>
/// <param name="ReceivedAt">When it reached us first.</param>
public sealed record LastHeard(AlertStatus Status, DateTimeOffset At, DateTimeOffset ReceivedAt)
{
    // Two servers of one Alertmanager cluster wait up to 15 s for each other: so far apart may come what they saw at the same time.
    private static readonly TimeSpan Overtaking = TimeSpan.FromSeconds(30);

    /// <summary>Its time is that of its receipt, for want of one of the sender's, and not to be compared with the sender's other times.</summary>
    private bool IsByReceipt => ReceivedAt > DateTimeOffset.MinValue && At >= ReceivedAt;

    public static LastHeard Of(IncidentAlert alert) => new(alert.Status, alert.LastAt, alert.ReceivedAt);

    /// <summary>
    /// Gives the time of its receipt to an event whose sender states none of its own and whose other times would make it older than what is
    /// known, where it cannot have been overtaken on the way: an alert that was resolved by time-out fires again with the start that it had.
    /// </summary>
    /// <returns>The event as it is to be ordered; mostly unchanged.</returns>
    public AlertReported Date(AlertReported alert)
    {
        if (alert.OccurredAt is not null || SenderClock.TimeOf(alert) > At)
            return alert;
        if (alert.Status == Status)
            return Status == AlertStatus.Firing && IsByReceipt ? alert with { OccurredAt = At, StartedAt = null } : alert;
        if (alert.ReceivedAt - ReceivedAt <= Overtaking)
            return alert;
        return (Status, alert.Status) switch
        {
            (AlertStatus.Resolved, AlertStatus.Firing) => alert with { OccurredAt = Now(alert), StartedAt = null },
            // The end of what fired again; its time may lie before our receipt of that.
            (AlertStatus.Firing, AlertStatus.Resolved) when IsByReceipt => alert with { OccurredAt = Now(alert) },
            _ => alert,
        };
    }

    private DateTimeOffset Now(AlertReported alert) => alert.ReceivedAt > At ? alert.ReceivedAt : At + TimeSpan.FromMilliseconds(1);
}
