using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using OpsBot.Contracts.Events;
using OpsBot.Ingress;
using OpsBot.Tests.Architecture;
using OpsBot.Watches.Canaries;

namespace OpsBot.Tests.Ingress;

/// <summary>
/// The templates in deploy/argo and the mappings that read what they give. The templates are filled in by a small stand-in for Go's text/template that knows the
/// forms that they use and no others: not by Argo itself.
/// </summary>
public sealed partial class ArgoNotificationsTests
{
    private const string App = """
        {"metadata":{"name":"cart","namespace":"argocd","creationTimestamp":"2025-03-01T11:00:00Z","labels":{"env":"prod","app.kubernetes.io/name":"checkout"}},
         "spec":{"project":"default","source":{"repoURL":"https://git.example.com/shop.git","targetRevision":"main"},"destination":{"server":"https://k8s","namespace":"shop"}},
         "status":{"sync":{"status":"Synced","revision":"f00dfeed"},"health":{"status":"Healthy","lastTransitionTime":"2025-03-01T12:09:00Z"},"summary":{"images":["registry.example.com:5000/cart:2.4.1@sha256:abc"]},
         "operationState":{"phase":"Succeeded","message":"it \"failed\"\n</script> {{.x}}","startedAt":"2025-03-01T12:00:00Z","finishedAt":"2025-03-01T12:01:00Z","operation":{"initiatedBy":{"username":"mira"}}}}}
        """;

    private const string Rollout = """
        {"metadata":{"name":"cart","namespace":"shop","labels":{"environment":"prod"}},
         "spec":{"strategy":{"canary":{"steps":[{},{},{}]}},"template":{"spec":{"containers":[{"image":"registry.example.com/cart:2.4.1"},{"image":"proxy"}]}}},
         "status":{"phase":"Progressing","message":"more replicas","currentPodHash":"7c9","stableRS":"5b1","currentStepIndex":1,"abortedAt":"2025-03-01T12:05:00Z","canary":{"weights":{"canary":{"weight":20}}}}}
        """;

    [Theory]
    [InlineData("app-created", ChangeStatus.Created, "2025-03-01T11:00:00Z")]
    [InlineData("app-deployed", ChangeStatus.Succeeded, "2025-03-01T12:01:00Z")]
    [InlineData("app-health-degraded", ChangeStatus.Failed, "2025-03-01T12:09:00Z")]
    [InlineData("app-sync-failed", ChangeStatus.Failed, "2025-03-01T12:01:00Z")]
    [InlineData("app-sync-running", ChangeStatus.Started, "2025-03-01T12:00:00Z")]
    public void Argo_CD_tells_of_a_deploy(string name, ChangeStatus status, string at)
    {
        var change = Change("argocd", Filled("argocd-notifications-cm.yaml", name, "app", App));

        (change.Event, change.Status, change.Change).ShouldBe((name, status, ChangeKind.Deploy));
        (change.Service, change.Environment, change.Version, change.Commit).ShouldBe(("checkout", "prod", "2.4.1", "f00dfeed"));
        change.ChangeKey.ShouldBe("argocd/cart/f00dfeed");
        change.OccurredAt.ShouldBe(DateTimeOffset.Parse(at, CultureInfo.InvariantCulture));
        change.Links.ShouldBe(["https://argocd.example.com/applications/argocd/cart", "https://git.example.com/shop.git"]);
        (change.Author, change.Facts["syncStatus"], change.Facts["healthStatus"]).ShouldBe(("mira", "Synced", "Healthy"));
        if (name is "app-sync-failed")
            change.Summary.ShouldBe("it \"failed\"\n</script> {{.x}}");
    }

    [Theory]
    [InlineData("analysis-run-failed", ChangeStatus.Failed)]
    [InlineData("rollout-aborted", ChangeStatus.Failed)]
    [InlineData("rollout-completed", ChangeStatus.Succeeded)]
    [InlineData("rollout-step-completed", ChangeStatus.Started)]
    [InlineData("rollout-updated", ChangeStatus.Started)]
    public void Argo_Rollouts_tells_how_a_rollout_goes(string name, ChangeStatus status)
    {
        var change = Change("argorollouts", Filled("argo-rollouts-notification-configmap.yaml", name, "rollout", Rollout));

        (change.Event, change.Status, change.Service, change.Environment, change.Version).ShouldBe((name, status, "cart", "prod", "2.4.1"));
        change.ChangeKey.ShouldBe("shop/cart/7c9");
        (change.Facts["step"], change.Facts["steps"], change.Facts["canaryWeight"]).ShouldBe(("1", "3", "20"));
        (CanaryWords.IsCanary(change), CanaryWords.IsOver(change)).ShouldBe((true, status != ChangeStatus.Started));
        CanaryWords.Of(change).Where(word => word.Value is not null).ToDictionary().ShouldBe(
            new Dictionary<string, string?>
            {
                ["service"] = "cart",
                ["environment"] = "prod",
                ["version"] = "2.4.1",
                ["namespace"] = "shop",
                ["rollout"] = "cart",
                ["podHash"] = "7c9",
                ["stablePodHash"] = "5b1",
            },
            ignoreOrder: true);
    }

    [Theory]
    [InlineData("\"opsbot.io/canary\":\"true\",", true)]
    [InlineData("", false)]
    public void An_application_of_Argo_CD_is_a_canary_where_its_label_says_so(string label, bool isCanary) => CanaryWords.IsCanary(Change("argocd", Filled(
        "argocd-notifications-cm.yaml", "app-deployed", "app", App.Replace("\"env\":", $"{label}\"env\":", StringComparison.Ordinal)))).ShouldBe(isCanary);

    [Theory]
    [InlineData("argocd", "argocd-notifications-cm.yaml", "app-deployed", "app")]
    [InlineData("argorollouts", "argo-rollouts-notification-configmap.yaml", "rollout-completed", "rollout")]
    public void What_an_object_does_not_state_is_not_made_up(string source, string file, string name, string root)
    {
        var change = Change(source, Filled(file, name, root, """{"metadata":{"name":"cart","namespace":"shop"}}"""));

        (change.Service, change.Environment, change.Version, change.Commit, change.OccurredAt).ShouldBe(("cart", null, null, null, null));
        change.ChangeKey.ShouldBe("shop/cart");
    }

    [Theory]
    [InlineData("argocd")]
    [InlineData("argorollouts")]
    public void Another_event_is_taken_and_dropped(string source) =>
        Reader.Read(source, """{"event":"app-of-tomorrow","app":{"name":"a","namespace":"b"},"rollout":{"name":"a","namespace":"b"}}""").ShouldHaveSingleItem().Outcome.ShouldBeOfType<Normalised.Nothing>();

    [Theory]
    [InlineData("argocd", "argocd-notifications-cm.yaml", 5)]
    [InlineData("argorollouts", "argo-rollouts-notification-configmap.yaml", 4)]
    public void Our_templates_carry_the_fields_of_the_table(string folder, string file, int atLeast)
    {
        var root = Environment.GetEnvironmentVariable("OPSBOT_CASES");
        if (string.IsNullOrEmpty(root))
            Assert.Skip("OPSBOT_CASES is not set: payloads that others wrote are not in this repository");
        var rows = ExpectedTable.Parse(File.ReadAllText(Path.Combine(root, "payloads", "EXPECTED.md"))).Where(row => row.Folder == folder).ToList();

        rows.Count.ShouldBeGreaterThanOrEqualTo(atLeast);
        foreach (var row in rows)
        {
            var template = Template(file, row.Event);
            foreach (var field in ExpectedRow.List(row.Facts.Single(fact => fact.Name == "fields").Value))
            {
                var names = field.Split('.');
                (template.Contains("." + field, StringComparison.Ordinal) || template.Contains("dig " + string.Join(' ', names.Skip(1).Select(name => $"\"{name}\"")), StringComparison.Ordinal))
                    .ShouldBeTrue($"{row.Event} lacks {field}");
            }

            var read = Change(folder, Filled(file, row.Event, folder == "argocd" ? "app" : "rollout", folder == "argocd" ? App : Rollout));
            read.Status.ToString().ToLowerInvariant().ShouldBe(row.Status == "progressing" ? "started" : row.Status);
        }
    }

    private static DeployReported Change(string source, string body) => Reader.Records<DeployReported>(Reader.Read(source, body).ShouldHaveSingleItem().Outcome).ShouldHaveSingleItem();

    /// <summary>The body of one template: the text behind <c>body: |</c>.</summary>
    private static string Template(string file, string name)
    {
        var lines = File.ReadAllLines(Path.Combine(Repository.Root, "deploy", "argo", file));
        var start = Array.FindIndex(lines, line => line == $"  template.opsbot-{name}: |");
        start.ShouldBeGreaterThan(0, $"{file} has no template opsbot-{name}");
        return string.Join('\n', lines.Skip(start + 1).SkipWhile(line => !line.EndsWith("body: |", StringComparison.Ordinal)).Skip(1).TakeWhile(line => line.StartsWith("          ", StringComparison.Ordinal)));
    }

    private static string Filled(string file, string name, string root, string json)
    {
        var item = JsonNode.Parse(json)!;
        var body = Template(file, name);
        body = Range().Replace(body, found => string.Join(',', (Dig(item, found.Groups["path"].Value) as JsonArray ?? []).Select(one => one!["image"]!.ToJsonString())));
        body = Length().Replace(body, found => ((Dig(item, found.Groups["path"].Value) as JsonArray)?.Count ?? 0).ToString(CultureInfo.InvariantCulture));
        body = body.Replace("{{ toJson (printf \"%s/applications/%s/%s\" .context.argocdUrl .app.metadata.namespace .app.metadata.name) }}", $"\"https://argocd.example.com/applications/{item["metadata"]!["namespace"]}/{item["metadata"]!["name"]}\"", StringComparison.Ordinal);
        body = Nested().Replace(body, found => (Dig(item, found.Groups["path"].Value) ?? Dig(item, found.Groups["other"].Value) ?? JsonValue.Create("")).ToJsonString());
        body = DigForm().Replace(body, found => (Dig(item, found.Groups["path"].Value) ?? Default(found.Groups["default"].Value)).ToJsonString());
        body = Plain().Replace(body, found => Dig(item, string.Join(' ', found.Groups["path"].Value.Split('.').Skip(1).Select(part => $"\"{part}\"")))!.ToJsonString());
        body = body.Replace("{{ toJson \"\" }}", "\"\"", StringComparison.Ordinal);
        body.Replace(item["status"]?["operationState"]?["message"]?.ToJsonString() ?? "-", "", StringComparison.Ordinal).ShouldNotContain("{{", Case.Sensitive, $"the stand-in does not know a form of {name} for {root}");
        JsonDocument.Parse(body).Dispose();
        return body;
    }

    private static JsonNode Default(string text) => text switch { "(dict)" => new JsonObject(), "(list)" => new JsonArray(), _ => JsonValue.Create("") };

    private static JsonNode? Dig(JsonNode item, string path) =>
        Regex.Matches(path, "\"(?<name>[^\"]*)\"", RegexOptions.None, TimeSpan.FromSeconds(5)).Select(name => name.Groups["name"].Value).Aggregate((JsonNode?)item, (at, name) => at is JsonObject ? at[name] : null);

    [GeneratedRegex("""\{\{ range \$i, \$c := \(dig (?<path>(?:"\w+" )+)\(list\) \.rollout\) \}\}\{\{ if \$i \}\},\{\{ end \}\}\{\{ toJson \$c\.image \}\}\{\{ end \}\}""", RegexOptions.None, 5_000)]
    private static partial Regex Range();

    [GeneratedRegex("""\{\{ len \(dig (?<path>(?:"\w+" )+)\(list\) \.\w+\) \}\}""", RegexOptions.None, 5_000)]
    private static partial Regex Length();

    [GeneratedRegex("""\{\{ toJson \(dig (?<path>(?:"\w+" )+)\(dig (?<other>(?:"\w+" )+)"" \.\w+\) \.\w+\) \}\}""", RegexOptions.None, 5_000)]
    private static partial Regex Nested();

    [GeneratedRegex("""\{\{ toJson \(dig (?<path>(?:"\w+" )+?)(?<default>""|\(dict\)|\(list\)) \.\w+\) \}\}""", RegexOptions.None, 5_000)]
    private static partial Regex DigForm();

    [GeneratedRegex("""\{\{ toJson \.\w+(?<path>(?:\.\w+)+) \}\}""", RegexOptions.None, 5_000)]
    private static partial Regex Plain();
}
