using System.ComponentModel.DataAnnotations;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Incidents;
using OpsBot.Incidents.Timeline;

namespace OpsBot.Incidents.Correlation;

// correlation:
//   threshold: 0.5
//   window: 01:00:00
//   reopenWindow: 00:30:00
//   settleWindow: 00:05:00
//   defaultEnvironment: default

/// <summary>When an alert belongs to an incident that stands.</summary>
public sealed record CorrelationOptions
{
    /// <summary>The score that joins, 0 to 1. Lower joins more; at 0.35 and below, time and wording alone would join.</summary>
    [Range(0.36, 1.0)]
    public double Threshold { get; init; } = 0.5;

    /// <summary>Open incidents are compared when their last event is at most this far from the alert, by the senders' clocks.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "7.00:00:00")]
    public TimeSpan Window { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// An alert that comes back this soon after its incident was resolved reopens it; later it opens a new one. Senders whose keys name one
    /// incident for ever (PagerDuty) are followed however late.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "7.00:00:00")]
    public TimeSpan ReopenWindow { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>
    /// A new alert that resembles an incident resolved this little before, by the senders' clocks, reopens it: what flaps, or heals and breaks,
    /// instance by instance is one incident.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan SettleWindow { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The environment of alerts that name none.</summary>
    [Required, StringLength(100, MinimumLength = 1)]
    public string DefaultEnvironment { get; init; } = "default";

    /// <summary>The environment that an alert belongs to, as <see cref="EnvironmentNames"/> writes it.</summary>
    public string EnvironmentOf(AlertReported alert) => EnvironmentOf(alert.Environment);

    /// <summary>The same for whatever else states one.</summary>
    public string EnvironmentOf(string? stated) =>
        EnvironmentNames.Of(PlainText.OneLineOrNull(stated, 100)) ?? EnvironmentNames.Of(DefaultEnvironment) ?? "default";
}
