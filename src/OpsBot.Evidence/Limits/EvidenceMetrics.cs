using System.Diagnostics.Metrics;
using OpsBot.Contracts.Telemetry;

namespace OpsBot.Evidence.Limits;

/// <summary>What the limits of sources held back.</summary>
public static class EvidenceMetrics
{
    public static Counter<long> Spared { get; } = Instruments.Counter(
        "opsbot_evidence_spared_total", "Questions to evidence sources that were not asked because of their rate limit, by source.");

    internal static void CountSpared(string source, int count = 1) => Spared.Add(count, Instruments.Label("source", source));
}
