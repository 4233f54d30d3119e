using System.Text;
using OpsBot.Signals.Series;

namespace OpsBot.Evidence.Prometheus;

/// <summary>Guesses from the labels of a series what it belongs to, by the conventions of exporters, Kubernetes and service meshes.</summary>
internal static class SeriesLabels
{
    private static readonly string[] ServiceLabels =
        ["service", "service_name", "app", "app_kubernetes_io_name", "label_app", "application", "deployment", "workload", "statefulset", "daemonset", "container"];

    private static readonly string[] Identity =
        [.. ServiceLabels, "__name__", "job", "instance", "pod", "pod_name", "node", "nodename", "kubernetes_node", "namespace", "cluster", "version", "endpoint", "prometheus",
         "source_workload", "destination_workload", "destination_service_name", "client", "server"];

    private const int MaxName = 200;

    /// <param name="name">What the metric is called where the answer does not say.</param>
    /// <param name="service">Whose it is where the labels do not say.</param>
    public static MetricSeries ToMetric(PromSeries series, string name, string? service, string query)
    {
        var labels = series.Labels;
        var metric = MetricName(labels, name);
        var version = First(labels, "version");
        if (First(labels, "source_workload", "client") is { } caller && First(labels, "destination_workload", "destination_service_name", "server") is { } callee)
        {
            return new(caller, null, MetricOwner.Edge, callee, version, metric, series.Times, series.Values, query);
        }

        var pod = First(labels, "pod", "pod_name");
        var node = First(labels, "node", "nodename", "kubernetes_node");
        var named = First(labels, ServiceLabels);
        var job = First(labels, "job") is { } full ? full[(full.LastIndexOf('/') + 1)..] : null;
        if (pod is not null) return new(named ?? service ?? WorkloadOf(pod), pod, MetricOwner.Pod, null, version, metric, series.Times, series.Values, query);
        if (named is null && (node is not null || IsNodeJob(job)))
        {
            return new(null, node ?? First(labels, "instance"), MetricOwner.Node, null, version, metric, series.Times, series.Values, query);
        }

        return new(named ?? service ?? job, First(labels, "instance"), MetricOwner.Service, null, version, metric, series.Times, series.Values, query);
    }

    private static bool IsNodeJob(string? job) => job is "node" or "node-exporter" or "node_exporter" or "nodes" or "kubelet" or "windows_exporter";

    /// <summary><c>cart-7f9c6d5b4-x7z2p</c> → <c>cart</c>, <c>db-0</c> → <c>db</c>.</summary>
    private static string WorkloadOf(string pod)
    {
        var parts = pod.Split('-');
        var keep = parts.Length;
        if (keep > 2 && parts[^1].Length == 5 && parts[^2].Length is >= 8 and <= 10 && parts[^2].Any(char.IsAsciiDigit)) keep -= 2;
        else if (keep > 1 && (parts[^1].All(char.IsAsciiDigit) || (parts[^1].Length == 5 && parts[^1].Any(char.IsAsciiDigit)))) keep--;
        return string.Join('-', parts[..keep]);
    }

    private static string MetricName(IReadOnlyDictionary<string, string> labels, string name)
    {
        var text = new StringBuilder(labels.GetValueOrDefault("__name__") ?? name);
        var rest = labels.Where(l => !Identity.Contains(l.Key, StringComparer.Ordinal)).OrderBy(l => l.Key, StringComparer.Ordinal).ToList();
        if (rest.Count > 0) text.Append('{').AppendJoin(',', rest.Select(l => $"{l.Key}={PromExpression.Quote(l.Value)}")).Append('}');
        return text.Length <= MaxName ? text.ToString() : $"{text.ToString(0, MaxName - 1)}…";
    }

    private static string? First(IReadOnlyDictionary<string, string> labels, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (labels.TryGetValue(name, out var value) && value.Length > 0) return value;
        }

        return null;
    }
}
