using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OpsBot.Ingress.Webhooks;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Ingress.Webhooks;

/// <summary>Two thousand bodies that no sender should send, correctly signed: each is taken, kept or turned away, and nothing breaks.</summary>
public sealed class HostileBodiesTests
{
    private static readonly string[] Values =
    [
        "null", "true", "0", "-1", "1e999", "123456789012345678901234567890", "0.1e-400", "\"\"", "\"soon\"", "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00\\ud800\"",
        "[]", "{}", "[[]]", "[null]", "{\"\":null}", "{\"a\":{\"b\":[1]}}", "\"9999-12-31T23:59:59-23:59\"", "\"0001-01-01T00:00:00+14:00\"",
        "\"2026-13-45T99:99:99Z\"", "\"\\ud83d\\ude00\"", "\"'; drop table messages; --\"", "\"<script>alert(1)</script>\"", "\"../../etc/passwd\"",
    ];

    private static readonly string[] GitHubEvents =
        ["deployment", "deployment_status", "deployment_review", "workflow_run", "workflow_job", "release", "push", "status", "ping", "nonsense"];

    [Fact]
    public async Task Two_thousand_hostile_bodies_give_202_or_4xx_and_never_5xx()
    {
        await using var app = await IngressApp.StartAsync(Some.AllSendersAndMapped);
        var random = new Random(20260301);
        var samples = Samples();
        var seen = new Dictionary<int, int>();

        for (var i = 0; i < 2_000; i++)
        {
            var (source, eventName, text) = samples[random.Next(samples.Count)];
            var name = eventName is null ? null : random.Next(4) == 0 ? GitHubEvents[random.Next(GitHubEvents.Length)] : eventName;
            var body = Hostile(random, text);
            using var answer = await app.SendAsync(source, body, app.Signer.HeadersFor(source, body, name ?? "push"), app.Signer.QueryFor(source));

            var status = (int)answer.StatusCode;
            (status is 202 or (>= 400 and < 500)).ShouldBeTrue($"body {i} for {source} gave {status}: {Encoding.UTF8.GetString(body)}");
            seen[status] = seen.GetValueOrDefault(status) + 1;
        }

        // the bodies were hostile in every way that there is, and none met a fault of ours
        seen.Keys.ShouldBeSubsetOf([202, 400, 413]);
        seen[202].ShouldBeGreaterThan(500);
        seen[400].ShouldBeGreaterThan(200);
        app.Intake.Rows.ShouldBeGreaterThan(100);
        app.Intake.Quarantine.Count.ShouldBeGreaterThan(100);
        app.Intake.Quarantine.Where(kept => kept.Reason.StartsWith("reading it failed", StringComparison.Ordinal)).Select(kept => $"{kept.Source}: {kept.Reason}: {Encoding.UTF8.GetString(kept.Body)}").ShouldBeEmpty();
        app.Intake.Deliveries.SelectMany(delivery => delivery.Messages).ShouldAllBe(message => Storable(message.Stream) && message.Stream.Length < 400);
        app.Intake.Deliveries.ShouldAllBe(delivery => Storable(delivery.DeliveryKey));
        app.Services.GetRequiredService<BodyBudget>().InUse.ShouldBe(0);
    }

    private static bool Storable(string text) => text.Length > 0 && !text.Any(char.IsControl) && text.All(c => c != '\0') && !HasHalfPair(text);

    private static bool HasHalfPair(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) != text;

    private static List<(string Source, string? Event, string Text)> Samples() =>
    [
        ("pagerduty", null, Some.PagerDutyBody().ToJsonString()),
        ("alertmanager", null, Some.AlertmanagerBody().ToJsonString()),
        ("grafana", null, Some.GrafanaBody().ToJsonString()),
        ("grafana", null, Some.LegacyGrafanaBody().ToJsonString()),
        ("github", "deployment", Some.GitHubDeployment("""{"service":"cart"}""").ToJsonString()),
        ("github", "deployment_status", Some.GitHubDeploymentStatus("success").ToJsonString()),
        ("github", "workflow_run", Some.GitHubRun("completed", "completed", "failure").ToJsonString()),
        ("github", "push", Some.GitHubPush().ToJsonString()),
        ("cloudevents", null, Some.CloudEvent("opsbot.alert.v1", Some.AlertData()).ToJsonString()),
        ("cloudevents", null, Some.CloudEvent("opsbot.deploy.v1", """{"key":"1","status":"started","files":["a"],"facts":{"a":1}}""").ToJsonString()),
        ("pagerduty-events", null, Some.PagerDutyEvent),
        ("datadog", null, Some.DatadogBody),
        ("newrelic", null, Some.NewRelicBody),
        ("azure-monitor", null, Some.AzureBody),
        ("opsgenie", null, "[" + Some.OpsgenieBody + "]"),
        ("zenduty", null, Some.ZendutyBody),
        ("my-tool", null, Some.ListBody),
        ("cloudevents", null, "[" + Some.CloudEvent("opsbot.training.v1", """{"key":"1","status":"running","metrics":{"loss":1.5},"step":4}""").ToJsonString() + "]"),
    ];

    private static byte[] Hostile(Random random, string text) => random.Next(8) switch
    {
        0 => Truncated(random, text),
        1 => FlippedBytes(random, text),
        2 => Encoding.UTF8.GetBytes(Deep(random)),
        3 => Encoding.UTF8.GetBytes(Duplicated(random, text)),
        4 => RandomBytes(random),
        _ => Encoding.UTF8.GetBytes(Mutated(random, text)),
    };

    private static byte[] Truncated(Random random, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return bytes[..random.Next(bytes.Length)];
    }

    private static byte[] FlippedBytes(Random random, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        for (var i = random.Next(1, 6); i > 0; i--)
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        return bytes;
    }

    private static byte[] RandomBytes(Random random)
    {
        var bytes = new byte[random.Next(200)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static string Deep(Random random)
    {
        var depth = random.Next(1, 2_000);
        return random.Next(2) == 0
            ? new string('[', depth) + new string(']', random.Next(5) == 0 ? depth - 1 : depth)
            : string.Concat(Enumerable.Repeat("{\"alerts\":", depth)) + "1" + new string('}', depth);
    }

    private static string Duplicated(Random random, string text)
    {
        var node = JsonNode.Parse(text)!;
        var inner = (node as JsonArray)?[0] as JsonObject ?? node.AsObject();
        var member = inner.Select(pair => pair.Key).ElementAt(random.Next(inner.Count));
        var at = text.IndexOf('{', StringComparison.Ordinal) + 1;
        return text[..at] + $"\"{member}\":{Values[random.Next(Values.Length)]}," + text[at..];
    }

    // puts a wrong value in the place of one to three members, anywhere in the body
    private static string Mutated(Random random, string text)
    {
        var root = JsonNode.Parse(text)!;
        for (var times = random.Next(1, 4); times > 0; times--)
        {
            var places = Places(root).ToList();
            if (places.Count == 0)
                break;
            var (parent, key) = places[random.Next(places.Count)];
            var marker = JsonValue.Create($"@{random.Next(Values.Length)}@");
            if (parent is JsonObject record)
                record[(string)key] = marker;
            else
                parent[(int)key] = marker;
        }

        var mutated = root.ToJsonString();
        for (var i = 0; i < Values.Length; i++)
            mutated = mutated.Replace($"\"@{i}@\"", Values[i]);
        return mutated;
    }

    private static IEnumerable<(JsonNode Parent, object Key)> Places(JsonNode? node) => node switch
    {
        JsonObject record => record.SelectMany(pair => Places(pair.Value).Prepend((record, pair.Key))),
        JsonArray array => array.SelectMany((item, index) => Places(item).Prepend((array, index))),
        _ => [],
    };
}
