using OpsBot.Runtime.Search;

namespace OpsBot.Knowledge.Search;

/// <summary>Words that on-call people use for one another. Deliberately few: each pair is true whatever the system.</summary>
internal static class OpsSynonyms
{
    private static readonly string[][] Groups =
    [
        ["memory", "mem", "oom", "oomkilled"],
        ["disk", "filesystem", "fs"],
        ["volume", "pvc", "persistentvolumeclaim", "pv", "persistentvolume"],
        ["database", "db"],
        ["postgresql", "postgres", "pg"],
        ["latency", "slow", "p99", "p95", "percentile"],
        ["error", "err", "failure", "5xx", "fail"],
        ["5xx", "500", "502", "503", "504"],
        ["certificate", "cert", "tls", "x509", "ssl"],
        ["kubernetes", "k8s", "kube"],
        ["backlog", "lag", "depth"],
        ["connection", "conn"],
        ["notready", "unreachable", "down", "unavailable"],
        ["gpu", "nvidia", "xid", "nccl", "cuda"],
        ["hpa", "horizontalpodautoscaler", "autoscaler"],
        ["clock", "ntp"],
        ["rollback", "revert"],
        ["deploy", "release", "rollout"],
        ["configuration", "config", "misconfigured"],
        ["network", "net"],
        ["replication", "replica"],
        ["api", "apiserver"],
        ["image", "imagepull"],
        ["message", "msg"],
        ["authentication", "auth"],
        ["restart", "crash"],
    ];

    private static readonly Dictionary<string, string[]> ByStem = Build();

    /// <summary>Terms that mean much the same as this one; empty for most.</summary>
    internal static IReadOnlyList<string> Of(string term) => ByStem.GetValueOrDefault(term, []);

    private static Dictionary<string, string[]> Build()
    {
        var all = new Dictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var group in Groups)
        {
            var stems = group.Select(Stemmer.Stem).Distinct(StringComparer.Ordinal).ToArray();
            foreach (var stem in stems)
            {
                all[stem] = [.. all.GetValueOrDefault(stem, []).Union(stems.Where(s => s != stem), StringComparer.Ordinal)];
            }
        }
        return all;
    }
}
