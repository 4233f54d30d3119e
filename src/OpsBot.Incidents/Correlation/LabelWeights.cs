using System.Collections.Frozen;

namespace OpsBot.Incidents.Correlation;

/// <summary>A label that says something about where, and how much.</summary>
/// <param name="Weight">0 to 1: how likely two alerts that share it are about one thing.</param>
internal sealed record WeighedLabel(string Name, string Value, double Weight)
{
    /// <summary>True for a label that names one object: strong enough to join alerts of different services.</summary>
    public bool NamesObject => Weight >= LabelWeights.Object;
}

/// <summary>How specific labels are. Only labels of the common exporters and of Kubernetes are known by name; all others weigh little.</summary>
internal static class LabelWeights
{
    public const double Object = 0.6;
    private const double Machine = 0.85;
    private const double Other = 0.15;
    private const int MaxLabels = 32;
    private const int MaxLength = 300;

    // Said of every alert of an installation or a team, or said of how the alert travels.
    private static readonly FrozenSet<string> Noise = FrozenSet.ToFrozenSet(
        [
            "severity", "priority", "urgency", "level", "receiver", "alertgroup", "rulename", "rule", "grafana_folder", "env", "environment",
            "stage", "tier", "cluster", "cluster_name", "k8s_cluster", "region", "zone", "availability_zone", "datacenter", "dc", "prometheus",
            "prometheus_replica", "replica", "monitor", "team", "owner", "managed_by", "heritage", "source", "job", "endpoint", "metrics_path",
            "scheme", "service", "service_name", "app", "application", "app_kubernetes_io_name", "app_kubernetes_io_managed_by",
            "app_kubernetes_io_part_of", "helm_sh_chart", "chart", "provider", "category", "type", "status", "state", "condition", "reason",
            "ref_id", "datasource_uid", "orgid", "tenant", "project", "account", "platform", "os", "le", "quantile",
        ],
        StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, double> Known = new Dictionary<string, double>(StringComparer.OrdinalIgnoreCase)
    {
        ["node"] = Machine,
        ["nodename"] = Machine,
        ["host"] = Machine,
        ["hostname"] = Machine,
        ["server"] = Machine,
        ["machine"] = Machine,
        ["device"] = Object,
        ["gpu"] = Object,
        ["rack"] = Machine,
        ["switch"] = Machine,
        ["pod"] = Machine,
        ["pod_name"] = Machine,
        ["container_id"] = Machine,
        ["persistentvolumeclaim"] = Machine,
        ["persistentvolume"] = Machine,
        ["volume"] = Object,
        ["database"] = Machine,
        ["datname"] = Object,
        ["db_instance"] = Machine,
        ["queue"] = Machine,
        ["topic"] = Machine,
        ["consumergroup"] = Machine,
        ["bucket"] = Machine,
        ["deployment"] = Machine,
        ["statefulset"] = Machine,
        ["daemonset"] = Machine,
        ["cronjob"] = Machine,
        ["job_name"] = Machine,
        ["job_id"] = Machine,
        ["trace_id"] = Machine,
        // The exporter's address as often as the thing's.
        ["instance"] = Object,
        ["certificate"] = Object,
        ["domain"] = Object,
        ["url"] = Object,
        // What fires, not where: five hundred instances that go down at once are one thing, two services with the same alert need not be.
        ["alertname"] = 0.55,
        ["namespace"] = 0.3,
        ["container"] = 0.3,
        ["component"] = 0.3,
        ["version"] = 0.3,
        ["release"] = 0.3,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    // Values that say "whichever".
    private static readonly FrozenSet<string> EmptyValues = FrozenSet.ToFrozenSet(
        ["", "true", "false", "yes", "no", "none", "null", "unknown", "default", "all", "any", "localhost", "n/a", "-", "0", "1"],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>The labels that count, the most specific first, at most 32 however many there are.</summary>
    public static IReadOnlyList<WeighedLabel> Of(IReadOnlyDictionary<string, string> labels)
    {
        var weighed = new List<WeighedLabel>(Math.Min(labels.Count, 256));
        foreach (var (name, value) in labels)
        {
            if (value is { Length: <= MaxLength } && name.Length <= MaxLength && WeightOf(name, value) is var weight and > 0)
                weighed.Add(new(name, value, weight));
        }

        weighed.Sort((a, b) => a.Weight.Equals(b.Weight) ? string.CompareOrdinal(a.Name, b.Name) : b.Weight.CompareTo(a.Weight));
        return weighed.Count <= MaxLabels ? weighed : weighed.GetRange(0, MaxLabels);
    }

    private static double WeightOf(string name, string value)
    {
        if (Noise.Contains(name) || name.StartsWith("__", StringComparison.Ordinal) || EmptyValues.Contains(value.Trim()))
            return 0;
        return Known.GetValueOrDefault(name, Other);
    }
}
