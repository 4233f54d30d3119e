using OpsBot.Host.Cli;
using OpsBot.IntegrationTests.Support;
using Shouldly;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace OpsBot.IntegrationTests.Deploy;

/// <summary>deploy/kubernetes as kustomize renders it. No cluster is here.</summary>
public sealed class KubernetesTests : IDisposable
{
    private readonly DataFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_manifests_hold_to_the_restricted_profile_and_to_what_two_hosts_need() =>
        KubernetesRules.Problems(await RenderedAsync(), CommandLineInterface.StopLimit).ShouldBeEmpty();

    [Theory]
    [InlineData("statefulset.yaml", "runAsNonRoot: true\n        runAsUser", "runAsNonRoot: false\n        runAsUser", "the pod may run as root")]
    [InlineData("statefulset.yaml", "runAsUser: 10001", "runAsUser: 0", "no account of its own")]
    [InlineData("statefulset.yaml", "type: RuntimeDefault", "type: Unconfined", "seccompProfile is not")]
    [InlineData("statefulset.yaml", "allowPrivilegeEscalation: false", "allowPrivilegeEscalation: true", "allowPrivilegeEscalation")]
    [InlineData("statefulset.yaml", "privileged: false", "privileged: true", "privileged")]
    [InlineData("statefulset.yaml", "readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false", "readOnlyRootFilesystem")]
    [InlineData("statefulset.yaml", "drop: [ALL]", "drop: [NET_RAW]", "not all dropped")]
    [InlineData("statefulset.yaml", "drop: [ALL]", "drop: [ALL], add: [SYS_PTRACE]", "are added")]
    [InlineData("statefulset.yaml", "enableServiceLinks: false", "enableServiceLinks: false\n      hostPID: true", "hostPID")]
    [InlineData("statefulset.yaml", "emptyDir: {medium: Memory, sizeLimit: 64Mi}", "hostPath: {path: /tmp}", "a volume is hostPath")]
    [InlineData("statefulset.yaml", "containerPort: 8080", "containerPort: 8080, hostPort: 8080", "port of the node")]
    [InlineData("statefulset.yaml", "automountServiceAccountToken: false", "automountServiceAccountToken: true", "token of the cluster")]
    [InlineData("statefulset.yaml", "terminationGracePeriodSeconds: 60", "terminationGracePeriodSeconds: 35", "killed after 35 s")]
    [InlineData("statefulset.yaml", "{cpu: 100m, memory: 256Mi}", "{cpu: 100m}", "no requests of memory")]
    [InlineData("statefulset.yaml", "\"/readyz?only=store\"", "/healthz", "readinessProbe")]
    [InlineData("statefulset.yaml", "path: /healthz", "path: /readyz", "livenessProbe")]
    [InlineData("statefulset.yaml", "replicas: 2", "replicas: 1", "two replicas")]
    [InlineData("statefulset.yaml", "{name: data, mountPath: /var/lib/opsbot}", "{name: tmp, mountPath: /var/lib/opsbot}", "volume of the host's own")]
    [InlineData("statefulset.yaml", "topologyKey: kubernetes.io/hostname", "topologyKey: example.com/rack", "one node")]
    [InlineData("statefulset.yaml", "OPSBOT__AUDIT__KEY_FILE", "OPSBOT__AUDIT__OTHER_FILE", "audit key")]
    [InlineData("statefulset.yaml", "value: /run/secrets/opsbot/broker", "valueFrom: {secretKeyRef: {name: opsbot, key: broker}}", "into the environment")]
    [InlineData("statefulset.yaml", "serviceName: opsbot-hosts", "serviceName: opsbot", "headless")]
    [InlineData("statefulset.yaml", "kind: StatefulSet", "kind: Deployment", "one StatefulSet")]
    [InlineData("kustomization.yaml", "newTag: 0.1.0", "newTag: latest", "not pinned")]
    [InlineData("kustomization.yaml", "  - name: opsbot\n    files", "  - name: other\n    files", "not there")]
    [InlineData("kustomization.yaml", "configMapGenerator:", "generatorOptions: {disableNameSuffixHash: true}\nconfigMapGenerator:", "keeps its name")]
    [InlineData("kustomization.yaml", "images:", "secretGenerator: [{name: x, literals: [a=b]}]\nimages:", "a Secret is in")]
    [InlineData("namespace.yaml", "enforce: restricted", "enforce: baseline", "does not enforce")]
    [InlineData("account.yaml", "automountServiceAccountToken: false", "automountServiceAccountToken: true", "token is mounted")]
    [InlineData("disruption.yaml", "minAvailable: 1", "minAvailable: 0", "PodDisruptionBudget")]
    [InlineData("disruption.yaml", "app.kubernetes.io/name: opsbot", "app.kubernetes.io/name: ops", "PodDisruptionBudget")]
    [InlineData("services.yaml", "selector: {app.kubernetes.io/name: opsbot}", "selector: {app: opsbot}", "does not lead")]
    [InlineData("services.yaml", "sessionAffinity: ClientIP", "type: LoadBalancer", "open to the outside")]
    [InlineData("network.yaml", "[Ingress, Egress]", "[Ingress]", "both ways")]
    [InlineData("network.yaml", "  egress:\n", "  egress:\n    - {}\n", "everything out")]
    [InlineData("network.yaml", "  ingress:\n", "  ingress:\n    - {}\n", "anybody in")]
    public async Task A_manifest_that_is_held_less_tight_is_found(string file, string from, string to, string problem) =>
        KubernetesRules.Problems(await RenderedAsync((file, from, to)), CommandLineInterface.StopLimit).ShouldContain(found => found.Contains(problem, StringComparison.Ordinal));

    [Fact]
    public async Task A_manifest_that_is_none_is_not_rendered()
    {
        var rendered = await RenderAsync(("kustomization.yaml", "statefulset.yaml", "deployment.yaml"));
        rendered.ExitCode.ShouldNotBe(0);
        rendered.Error.ShouldContain("deployment.yaml");
    }

    [Fact]
    public async Task With_the_files_of_the_secret_the_configuration_holds()
    {
        var documents = await RenderedAsync();
        var map = documents.Single(one => one.Text("kind") == "ConfigMap");
        var check = OpsBotProgram.StartInfo(_folder, ["config", "check", _folder.Write("opsbot.yaml", map.Text("data", "opsbot.yaml")!)]);
        var secrets = new Dictionary<string, string>
        {
            ["store"] = "Host=db;Database=opsbot;Username=opsbot;Password=a-password",
            ["broker"] = "amqp://opsbot:a-password@broker/",
        };
        foreach (var variable in documents.Single(one => one.Text("kind") == "StatefulSet").Items("spec", "template", "spec", "containers", 0, "env"))
        {
            var name = Path.GetFileName(variable.Text("value"))!;
            check.Environment[variable.Text("name")!] = _folder.Write($"secret-{name}", secrets.GetValueOrDefault(name, $"a-long-enough-secret-for-{name}-of-the-test"));
        }

        var held = await OpsBotProgram.RunAsync(check, Cancel);
        held.ExitCode.ShouldBe(0, held.ToString());
    }

    private async Task<IReadOnlyList<YamlNode>> RenderedAsync(params (string File, string From, string To)[] planted)
    {
        var rendered = await RenderAsync(planted);
        rendered.ExitCode.ShouldBe(0, rendered.ToString());
        return Manifest.Read(rendered.Output);
    }

    private async Task<Finished> RenderAsync(params (string File, string From, string To)[] planted)
    {
        Tool.Require("kubectl");
        var copy = Directory.CreateDirectory(Path.Combine(_folder.Path, "kubernetes")).FullName;
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Tool.Deploy, "kubernetes")))
        {
            var text = planted.Where(one => one.File == Path.GetFileName(file)).Aggregate(await File.ReadAllTextAsync(file, Cancel), (text, one) => text.Planted(one.From, one.To));
            await File.WriteAllTextAsync(Path.Combine(copy, Path.GetFileName(file)), text, Cancel);
        }

        return await Tool.RunAsync("kubectl", _folder.Path, Cancel, "kustomize", copy);
    }
}
