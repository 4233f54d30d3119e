namespace OpsBot.Signals.Series;

/// <summary>What a metric belongs to.</summary>
public enum MetricOwner
{
    Service,
    Pod,
    Node,
    Db,
    Edge,
}

/// <summary>One metric of one owner over time.</summary>
/// <param name="Service">The service; the caller for an edge; null for a node.</param>
/// <param name="Instance">Pod, node or process; null where the metric is of the whole service.</param>
/// <param name="Owner">What the metric belongs to.</param>
/// <param name="Peer">The callee of an edge.</param>
/// <param name="Version">Version of the instance, where known.</param>
/// <param name="Metric">Name of the metric.</param>
/// <param name="Times">Unix milliseconds, never going back.</param>
/// <param name="Values">One value a time; NaN where there was no sample.</param>
/// <param name="Query">The exact query or file and column that gave it.</param>
public sealed record MetricSeries(
    string? Service, string? Instance, MetricOwner Owner, string? Peer, string? Version, string Metric,
    long[] Times, double[] Values, string Query);
