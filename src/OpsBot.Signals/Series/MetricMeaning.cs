using OpsBot.Contracts.Diagnoses;

namespace OpsBot.Signals.Series;

/// <summary>What a metric says about its owner.</summary>
public enum MetricRole
{
    /// <summary>What the owner uses up itself: CPU, memory, disk.</summary>
    Resource,

    /// <summary>What callers feel: latency, errors. Travels from callee to caller.</summary>
    Symptom,

    /// <summary>How much is asked of the owner. Mostly an effect.</summary>
    Traffic,

    /// <summary>Queues, pools, connections, restarts and whatever the name does not tell.</summary>
    Other,
}

/// <summary>The meaning of a metric as far as its name tells.</summary>
/// <param name="Bad">1 where more is worse, −1 where less is worse, 0 where either is.</param>
/// <param name="Outbound">Measured where the owner calls others, so that a callee may be the reason.</param>
/// <param name="OfNode">Measured on the machine beneath, although listed with a service.</param>
public sealed record MetricMeaning(CauseKind Kind, MetricRole Role, int Bad, bool Outbound, bool OfNode)
{
    /// <summary>
    /// Field terms in the order in which they decide; the first word of a name that is in a row settles it. These are words of the
    /// trade (Prometheus, OpenTelemetry, cloud monitors), none of a product.
    /// </summary>
    private static readonly (string[] Words, CauseKind Kind, MetricRole Role, int Bad)[] Vocabulary =
    [
        (["success", "successes", "availability", "available", "uptime", "apdex", "healthy", "ready"], CauseKind.Errors, MetricRole.Symptom, -1),
        (
            [
                "error", "errors", "err", "fail", "failed", "failure", "failures", "fault", "faults", "exception", "exceptions", "5xx", "4xx",
                "500", "502", "503", "504", "400", "401", "403", "404", "429", "timeout", "timeouts", "reject", "rejected", "rejections", "drop", "dropped",
                "throttle", "throttled", "exhausted", "abort", "aborted", "denied", "unauthorized",
            ], CauseKind.Errors, MetricRole.Symptom, 1),
        (["latency", "latencies", "lat", "duration", "delay", "lag", "rtt", "rt", "elapsed", "age", "wait"], CauseKind.Latency, MetricRole.Symptom, 1),
        (["cpu", "processor"], CauseKind.Cpu, MetricRole.Resource, 1),
        (["memory", "mem", "heap", "rss", "oom", "gc", "swap", "workingset"], CauseKind.Memory, MetricRole.Resource, 1),
        (["disk", "diskio", "io", "iops", "iowait", "filesystem", "fs", "inode", "inodes", "volume"], CauseKind.Disk, MetricRole.Resource, 1),
        (["dns"], CauseKind.Dns, MetricRole.Other, 0),
        (["restart", "restarts"], CauseKind.Startup, MetricRole.Other, 1),
        (["network", "net", "rx", "tx", "packet", "packets", "tcp", "receive", "transmit", "bandwidth", "retransmit", "retransmits"], CauseKind.Network, MetricRole.Traffic, 0),
        (
            [
                "request", "requests", "rps", "qps", "ops", "workload", "load", "throughput", "traffic", "calls", "hits", "records", "messages",
            ], CauseKind.Unknown, MetricRole.Traffic, 0),
        (["queue", "backlog", "pending", "depth", "saturation", "threads", "connections", "pool"], CauseKind.Unknown, MetricRole.Other, 1),
        (["p50", "p75", "p90", "p95", "p99", "p999", "seconds", "ms"], CauseKind.Latency, MetricRole.Symptom, 1),
    ];

    private static readonly HashSet<string> OutboundWords = new(["client", "outbound", "upstream", "egress", "caller", "to"], StringComparer.Ordinal);

    /// <summary>True where it moved the way that hurts.</summary>
    public bool IsBad(double before, double during) => Bad == 0 || Math.Sign(during - before) == Bad;

    /// <summary>Reads a name such as <c>http_server_duration_p99_ms</c> or <c>CpuUsageRate(%)</c>.</summary>
    public static MetricMeaning Of(string metric)
    {
        var words = MetricWords.Of(metric);
        var outbound = words.Any(OutboundWords.Contains);
        var ofNode = words.Count > 0 && words[0] is "node" or "host" or "machine";
        var ratio = IsRatio(words);
        foreach (var (known, kind, role, bad) in Vocabulary.Where(row => !ratio || row.Role != MetricRole.Traffic))
        {
            if (words.Any(word => known.Contains(word, StringComparer.Ordinal)))
            {
                return new MetricMeaning(kind, role, bad, outbound, ofNode);
            }
        }

        return new MetricMeaning(CauseKind.Unknown, MetricRole.Other, 0, outbound, ofNode);
    }

    /// <summary><c>queries_per_request</c> says nothing of how many requests there are; <c>requests_per_second</c> does.</summary>
    private static bool IsRatio(IReadOnlyList<string> words)
    {
        var per = words.ToList().IndexOf("per");
        return per >= 0 && per + 1 < words.Count && words[per + 1] is not ("s" or "sec" or "second" or "min" or "minute" or "m" or "hour" or "h");
    }
}
