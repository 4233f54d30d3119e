using System.Diagnostics.Metrics;
using OpsBot.Contracts.Telemetry;

namespace OpsBot.Storage.Messages;

/// <summary>What became of messages.</summary>
public static class HandlingMetrics
{
    public static Histogram<double> Handled { get; } = Instruments.Duration(
        "opsbot_handling_seconds",
        "Time from taking a message to the end of its handler, by kind and outcome (handled, postponed, failed, dead, lost, given_back).");

    public static Histogram<double> Delay { get; } = Instruments.Duration(
        "opsbot_handling_delay_seconds", "Time from when a message was due to when a handler took it, by kind.");

    public static Counter<long> Retries { get; } = Instruments.Counter(
        "opsbot_handling_retries_total", "Tries that failed and will be repeated, by kind and category of the failure.");

    public static Counter<long> Dead { get; } = Instruments.Counter(
        "opsbot_messages_died_total", "Messages given up because their handler failed or its process ended too often, by kind and category (abandoned for the latter).");

    internal static void CountDead(string kind, string category) => Dead.Add(1, Instruments.Label("kind", kind), Instruments.Label("category", category));
}
