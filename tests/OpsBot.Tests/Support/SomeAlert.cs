using System.Globalization;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Ports;

namespace OpsBot.Tests.Support;

/// <summary>Builders of alerts. All times are seconds from <see cref="Start"/>.</summary>
internal static partial class Some
{
    /// <summary>The instant that test times count from.</summary>
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 9, 0, 0, TimeSpan.Zero);

    public static DateTimeOffset At(double seconds) => Start.AddSeconds(seconds);

    /// <summary>An alert as Alertmanager reports it: the incident key is the fingerprint.</summary>
    public static AlertReported Alert(
        double at = 0,
        string fingerprint = "fp-1",
        AlertStatus status = AlertStatus.Firing,
        string title = "HighErrorRate",
        string? service = "payments",
        string? severity = "warning",
        string? environment = "prod",
        double? startedAt = null,
        double? receivedAt = null,
        params (string Name, string Value)[] labels) => new()
        {
            Source = "alertmanager",
            Event = "group",
            IncidentKey = fingerprint,
            Fingerprint = fingerprint,
            Status = status,
            Title = title,
            Service = service,
            Severity = severity,
            Environment = environment,
            OccurredAt = At(at),
            StartedAt = startedAt is { } start ? At(start) : null,
            ReceivedAt = At(receivedAt ?? at),
            Labels = labels.ToDictionary(label => label.Name, label => label.Value, StringComparer.Ordinal),
        };

    /// <summary>An event of a PagerDuty incident, named by PagerDuty's own word.</summary>
    public static AlertReported PagerDuty(
        string what, double at, string incident = "Q1", string fingerprint = "dedup-1", string? service = "payments", string? severity = "high",
        string title = "Payments error rate", double createdAt = 0) =>
        Alert(at, fingerprint, StatusOf(what), title, service, severity, startedAt: createdAt) with
        {
            Source = "pagerduty",
            Event = $"incident.{what}",
            IncidentKey = incident,
            KeyNamesOneIncident = true,
        };

    /// <summary>What Alertmanager says: no time of the event, only when the alert began and, of a resolved one, ended.</summary>
    public static AlertReported Undated(AlertStatus status, double received, double startedAt = 0, double? endedAt = null, string fingerprint = "fp-1") =>
        Alert(received, fingerprint, status, startedAt: startedAt, receivedAt: received) with
        {
            OccurredAt = null,
            EndedAt = endedAt is { } end ? At(end) : null,
        };

    /// <summary>A topology of calls written as <c>web->cart</c>.</summary>
    public static ITopology Topology(params string[] calls) => new FixedTopology(
        [.. calls.Select(call => call.Split("->")).Select(pair => (pair[0], pair[1]))]);

    public static string Id(string prefix, int number) => prefix + number.ToString(CultureInfo.InvariantCulture);

    private static AlertStatus StatusOf(string what) => what switch
    {
        "acknowledged" => AlertStatus.Acknowledged,
        "resolved" => AlertStatus.Resolved,
        _ => AlertStatus.Firing,
    };

    private sealed class FixedTopology(IReadOnlyCollection<(string Caller, string Callee)> calls) : ITopology
    {
        public IReadOnlyCollection<(string Caller, string Callee)> Calls => calls;

        public bool AreNeighbours(string a, string b) =>
            string.Equals(a, b, StringComparison.Ordinal) || calls.Contains((a, b)) || calls.Contains((b, a));
    }
}
