using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace OpsBot.IntegrationTests.Deploy;

/// <summary>What the manifests hold to, asked of what kustomize made of them. The restricted profile of Kubernetes field by field, and what two hosts need.</summary>
internal static class KubernetesRules
{
    private static readonly string[] Volumes = ["name", "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"];

    /// <param name="stopLimit">How long OpsBot itself takes to stop at most.</param>
    public static IEnumerable<string> Problems(IReadOnlyList<YamlNode> documents, TimeSpan stopLimit)
    {
        if (documents.SingleOrDefault(one => one.Text("kind") == "StatefulSet") is not { } set)
        {
            return ["there is not one StatefulSet"];
        }

        var pod = set.At("spec", "template", "spec");
        return [.. Pod(pod, stopLimit), .. pod.Items("containers").Concat(pod.Items("initContainers")).SelectMany(Container), .. Hosts(set), .. Around(documents, set)];
    }

    private static IEnumerable<string> Pod(YamlNode? pod, TimeSpan stopLimit)
    {
        foreach (var shared in new[] { "hostNetwork", "hostPID", "hostIPC", "hostUsers" }.Where(field => pod.Text(field) == "true")) yield return $"{shared} is shared with the node";
        if (pod.Text("securityContext", "runAsNonRoot") != "true") yield return "the pod may run as root";
        if (pod.Text("securityContext", "runAsUser") is null or "0") yield return "the pod has no account of its own";
        if (pod.Text("securityContext", "seccompProfile", "type") != "RuntimeDefault") yield return "seccompProfile is not RuntimeDefault";
        if (pod.At("securityContext", "sysctls") is not null) yield return "sysctls are set";
        if (pod.Text("automountServiceAccountToken") != "false") yield return "the pod gets a token of the cluster";
        if (pod.Text("enableServiceLinks") != "false") yield return "the environment is filled with other services";
        foreach (var volume in pod.Items("volumes").SelectMany(volume => volume.Entries()).Where(field => !Volumes.Contains(field.Name))) yield return $"a volume is {volume.Name}";
        var grace = int.Parse(pod.Text("terminationGracePeriodSeconds") ?? "30", CultureInfo.InvariantCulture);
        var pause = pod.Items("containers").SelectMany(container => container.Texts("lifecycle", "preStop", "exec", "command"))
            .Select(word => int.TryParse(word, CultureInfo.InvariantCulture, out var seconds) ? seconds : 0).Sum();
        if (grace <= stopLimit.TotalSeconds + pause) yield return $"it is killed after {grace} s and may take {stopLimit.TotalSeconds + pause} s to stop";
    }

    private static IEnumerable<string> Container(YamlNode container)
    {
        var context = container.At("securityContext");
        if (context.Text("allowPrivilegeEscalation") != "false") yield return "allowPrivilegeEscalation is not false";
        if (context.Text("privileged") is not (null or "false")) yield return "the container is privileged";
        if (context.Text("readOnlyRootFilesystem") != "true") yield return "readOnlyRootFilesystem is not true";
        if (context.Text("runAsNonRoot") is "false" || context.Text("runAsUser") is "0") yield return "the container may run as root";
        if (!context.Texts("capabilities", "drop").Contains("ALL")) yield return "capabilities are not all dropped";
        if (context.Texts("capabilities", "add").Any(name => name != "NET_BIND_SERVICE")) yield return "capabilities are added";
        if (context.At("seccompProfile") is { } profile && profile.Text("type") != "RuntimeDefault") yield return "the container's seccompProfile is not RuntimeDefault";
        if (context.Text("procMount") is not (null or "Default")) yield return "procMount is not Default";
        if (container.Items("ports").Any(port => port.Text("hostPort") is not (null or "0"))) yield return "a port of the node is taken";
        foreach (var (kind, amount) in new[] { ("requests", "cpu"), ("requests", "memory"), ("limits", "memory") }.Where(each => container.Text("resources", each.Item1, each.Item2) is null))
        {
            yield return $"no {kind} of {amount}";
        }

        foreach (var (probe, path) in new[] { ("startupProbe", "/healthz"), ("livenessProbe", "/healthz"), ("readinessProbe", "/readyz") })
        {
            if (container.Text(probe, "httpGet", "path")?.Split('?')[0] != path) yield return $"{probe} does not ask {path}";
        }

        foreach (var variable in container.Items("env"))
        {
            var name = variable.Text("name") ?? "";
            if (variable.At("valueFrom", "secretKeyRef") is not null) yield return $"{name} puts a secret into the environment, which commands of actions and crash dumps see";
            if (name.EndsWith("_FILE", StringComparison.Ordinal) && variable.Text("value")?.StartsWith("/run/secrets/opsbot/", StringComparison.Ordinal) != true) yield return $"{name} is no file of the Secret";
        }

        var image = container.Text("image") ?? "";
        if (!image.Contains("@sha256:", StringComparison.Ordinal) && (!image.Contains(':', StringComparison.Ordinal) || image.EndsWith(":latest", StringComparison.Ordinal))) yield return $"image '{image}' is not pinned";
    }

    private static IEnumerable<string> Hosts(YamlNode set)
    {
        var spec = set.At("spec");
        if (spec.Text("replicas") != "2") yield return "there are not two replicas";
        var claim = spec.Texts("volumeClaimTemplates", 0, "metadata").FirstOrDefault();
        var container = spec.At("template", "spec", "containers", 0);
        if (!container.Items("volumeMounts").Any(mount => mount.Text("name") == claim && mount.Text("mountPath") == "/var/lib/opsbot")) yield return "the data folder is not on a volume of the host's own";
        if (!spec.Items("template", "spec", "topologySpreadConstraints").Any(spread => spread.Text("topologyKey") == "kubernetes.io/hostname")) yield return "both may lie on one node without need";
        if (!container.Items("env").Any(variable => variable.Text("name") == "OPSBOT__AUDIT__KEY_FILE")) yield return "each host would make an audit key of its own";
    }

    private static IEnumerable<string> Around(IReadOnlyList<YamlNode> documents, YamlNode set)
    {
        var labels = set.Entries("spec", "template", "metadata", "labels").ToDictionary(label => label.Name, label => label.Value.Text());
        bool Meets(YamlNode? selector) => selector.Entries().Any() && selector.Entries().All(label => labels.GetValueOrDefault(label.Name) == label.Value.Text());
        IEnumerable<YamlNode> Of(string kind) => documents.Where(one => one.Text("kind") == kind);

        if (Of("Secret").Any()) yield return "a Secret is in the repository";
        if (Of("Role").Concat(Of("ClusterRole")).Any()) yield return "rights in the cluster are given";
        if (Of("ServiceAccount").Any(account => account.Text("automountServiceAccountToken") != "false")) yield return "the account's token is mounted";
        if (Of("Namespace").SingleOrDefault().Text("metadata", "labels", "pod-security.kubernetes.io/enforce") != "restricted") yield return "the namespace does not enforce the restricted profile";
        if (!Of("PodDisruptionBudget").Any(budget => Meets(budget.At("spec", "selector", "matchLabels")) && budget.Text("spec", "minAvailable") == "1")) yield return "no PodDisruptionBudget keeps one";
        if (Of("Service").Count(service => Meets(service.At("spec", "selector"))) != 3) yield return "a Service does not lead to the pods";
        if (Of("Service").Any(service => service.Text("spec", "type") is not (null or "ClusterIP"))) yield return "a Service is open to the outside";
        if (!Of("Service").Any(service => service.Text("metadata", "name") == set.Text("spec", "serviceName") && service.Text("spec", "clusterIP") == "None")) yield return "the StatefulSet's Service is not there or not headless";
        var policy = Of("NetworkPolicy").FirstOrDefault(policy => Meets(policy.At("spec", "podSelector", "matchLabels")));
        if (!new[] { "Ingress", "Egress" }.All(policy.Texts("spec", "policyTypes").Contains)) yield return "no NetworkPolicy closes both ways";
        if (policy.Items("spec", "ingress").Any(rule => !rule.Items("from").Any() || !rule.Items("ports").Any())) yield return "the NetworkPolicy lets anybody in";
        if (policy.Items("spec", "egress").Any(rule => !rule.Items("to").Any() || !rule.Items("ports").Any())) yield return "the NetworkPolicy lets everything out";
        var configuration = set.Items("spec", "template", "spec", "volumes").Select(volume => volume.Text("configMap", "name")).OfType<string>().FirstOrDefault();
        if (!Of("ConfigMap").Any(map => map.Text("metadata", "name") == configuration && map.Text("data", "opsbot.yaml") is not null)) yield return "the configuration that is mounted is not there";
        if (configuration == "opsbot") yield return "a changed configuration keeps its name, so no pod would read it";
    }
}
