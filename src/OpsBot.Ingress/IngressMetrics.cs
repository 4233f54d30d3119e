using System.Diagnostics.Metrics;
using OpsBot.Contracts.Telemetry;

namespace OpsBot.Ingress;

/// <summary>What comes in. A source is one of our senders' names, never what a request says of itself.</summary>
public static class IngressMetrics
{
    public static Histogram<double> Requests { get; } = Instruments.Duration(
        "opsbot_intake_request_seconds", "Time of one webhook request, by source and status answered; 499 where the sender hung up first.");

    public static Counter<long> Deliveries { get; } = Instruments.Counter(
        "opsbot_intake_deliveries_total", "Deliveries taken, by source and outcome (accepted, duplicate, ignored, quarantined), over HTTP or the broker.");

    /// <summary>A sender that is configured stands at nought before its first delivery.</summary>
    internal static void Begin(string source)
    {
        foreach (var outcome in (string[])["accepted", "duplicate", "ignored", "quarantined"])
            Deliveries.Add(0, Instruments.Label("source", source), Instruments.Label("outcome", outcome));
    }

    internal static void Count(string source, string outcome) =>
        Deliveries.Add(1, Instruments.Label("source", source), Instruments.Label("outcome", outcome));
}
