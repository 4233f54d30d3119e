using OpsBot.Evidence;

namespace OpsBot.Handlers.Incidents;

/// <summary>Where a gate may ask: the first server that is configured.</summary>
public static class PrometheusAddress
{
    /// <summary>Without user and password, should somebody have written them into the address: a gate gets nothing of ours.</summary>
    public static Uri? Of(EvidenceOptions evidence) =>
        evidence.Prometheus is [var first, ..] && Uri.TryCreate(first.Url, UriKind.Absolute, out var url)
            ? new UriBuilder(url) { UserName = "", Password = "" }.Uri
            : null;
}
