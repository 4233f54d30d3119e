using System.Globalization;
using System.Text.Json;
using OpsBot.IntegrationTests.Alertmanager;
using OpsBot.IntegrationTests.Prometheus;
using OpsBot.IntegrationTests.Support;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Watches;

/// <summary>A watch from the terminal through the running program to its end, over a real Prometheus.</summary>
public sealed class WatchServeTests
{
    private const string Token = "anas-token-of-some-length";
    private const string Bearer = "a-bearer-of-the-watch-test";

    private const string Canary =
        """{ name: NAME canary, service: NAME, every: 5s, for: 10m, canary: { canary: 'service="NAME",track="canary"', baseline: 'service="NAME",track="stable"', traffic: 'sum(increase(requests_total{{selector}}[{window}]))', warmUp: 5s, leastIntervals: 3, metrics: [{ name: errors, errors: 'sum(increase(requests_total{{selector},code=~"5.."}[{window}]))' }, { name: slow, buckets: 'sum by (le) (increase(seconds_bucket{{selector}}[{window}]))', quantile: 0.9 }, { name: cpu, value: 'avg(busy{{selector}})' }] }, start: { deploy: { } } }""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_watch_finds_what_is_wrong_opens_its_incident_and_ends_with_a_verdict()
    {
        using var folder = new DataFolder();
        await using var target = await MetricsTarget.StartAsync(Cancel);
        target.More = new Traffic().Text;
        await using var prometheus = await PrometheusServer.StartAsync(Cancel, target.Address);
        var token = folder.Write("token", Token);
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(Token)));
        var config = folder.Write("opsbot.yaml", $$"""
            senders: { cloudevents: { bearer: {{Bearer}} } }
            people: [{ id: ana, name: Ana, roles: [oncall], token: "sha256:{{hash}}" }, { id: bo, name: Bo, roles: [oncall] }]
            actions:
              catalog:
                requeue:
                  description: Put a job back into the queue
                  parameters: { job: {} }
                  risk: irreversible
                  target: job/{job}
                  run: [/bin/echo, "{job}"]
                  suggest: [{ findings: ["fault-*"], arguments: { job: "{watch.job}" } }]
                undeploy:
                  description: Take a version away
                  parameters: { service: {}, version: {} }
                  risk: irreversible
                  target: service/{service}
                  run: [/bin/echo, "{service}", "{version}"]
                  suggest: [{ findings: [canary-worse], arguments: { service: "{watch.service}", version: "{watch.version}" } }]
            evidence:
              prometheus: [{ name: main, url: "{{prometheus.Url}}" }]
            watches:
              - { name: dead target, query: { expr: 'up{job="dead"}', op: '>=', value: 1 }, every: 5s, for: 1h }
              - { name: ranker, training: { metric: auc, op: '>=', target: 0.78, curve: { log: { path: "{{folder.Path}}/runs/{job}.jsonl" } } }, every: 5s, for: 1h, start: { event: { jobs: ["ranker*"] } } }
              - {{Canary.Replace("NAME", "cart", StringComparison.Ordinal)}}
              - {{Canary.Replace("NAME", "pay", StringComparison.Ordinal)}}
              - { name: shop, query: { expr: 'up{job="shop"}', op: '>=', value: 1, until: true }, every: 5s, for: 1h }
            """);
        await using var process = await OpsBotProcess.ServeAsync(folder, config, Cancel);
        Task<Finished> Opsbot(params string[] arguments) => OpsBotProgram.RunAsync(folder, Cancel, ["watch", .. arguments, "--config", config]);

        static string Line(int step) => $$"""{"step": {{step}}, "loss": 1.0, "auc": 0.7{{step * 2}}}""" + "\n";
        var metrics = Path.Combine(Directory.CreateDirectory(Path.Combine(folder.Path, "runs")).FullName, "4711.jsonl");
        await File.WriteAllTextAsync(metrics, string.Concat(Enumerable.Range(0, 4).Select(Line)), Cancel);
        await RunsAsync(await process.Webhooks);
        foreach (var service in new[] { "cart", "pay" })
            await PostAsync(await process.Webhooks, $$$"""{"specversion":"1.0","id":"{{{service}}}","source":"/ci","type":"opsbot.deploy.v1","data":{"key":"{{{service}}}-9","status":"succeeded","service":"{{{service}}}","version":"2.4.1","oldInstances":["a"],"newInstances":["b"]}}""");

        (await Opsbot("start", "dead target", "--token-file", token)).ShouldSatisfyAllConditions(
            done => done.ExitCode.ShouldBe(0, done.ToString()), done => done.Output.ShouldContain("watches dead target"));
        (await Opsbot("start", "shop", "--token-file", token)).ExitCode.ShouldBe(0);
        string NameOf(string declared) => $"WATCH-{folder.Store.Count($"select id from watches where declared = '{declared}'")}";
        var (dead, shop) = (NameOf("dead target"), NameOf("shop"));
        (await Opsbot("attach", shop)).ShouldSatisfyAllConditions(
            done => done.ExitCode.ShouldBe(0, done.ToString()), done => done.Output.ShouldContain($"{shop} ended: shop: well: reached: 1, as wanted >= 1"));
        await OpsBotProgram.UntilAsync(
            () => Task.FromResult(folder.Store.Count($"select count(*) from incident_keys where source = 'watch' and incident_key = 'watch/{dead["WATCH-".Length..]}'") == 1 ? "opened" : null),
            "the incident of the watch", Cancel);
        using var shown = JsonDocument.Parse((await Opsbot("show", dead, "--json")).Output);
        shown.RootElement.GetProperty("incident").GetInt64().ShouldBe(1);
        shown.RootElement.GetProperty("findings")[0].GetProperty("kind").GetString().ShouldBe("violated");
        (await OpsBotProgram.RunAsync(folder, Cancel, "incidents", "show", "INC-1", "--config", config)).Output.ShouldContain(dead);

        var run = folder.Store.Count("select id from watches where declared = 'ranker' and subject like '%4711'");
        await File.AppendAllTextAsync(metrics, "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.\n", Cancel);
        await OpsBotProgram.UntilAsync(
            () => Task.FromResult(folder.Store.Count("select count(*) from proposals where action = 'requeue' and status = 'open' and state like '%4711%'") == 1 ? "proposed" : null),
            "what is to be done about it to be proposed", Cancel);
        await File.AppendAllTextAsync(metrics, Line(4), Cancel);
        (await Opsbot("attach", $"WATCH-{run}")).ShouldSatisfyAllConditions(
            done => done.ExitCode.ShouldBe(0, done.ToString()), done => done.Output.ShouldContain("reached: auc 0.78 at step 4"));

        (await Opsbot("attach", NameOf("pay canary"))).ShouldSatisfyAllConditions(
            done => done.ExitCode.ShouldBe(0, done.ToString()), done => done.Output.ShouldContain("well: promote: nothing is worse than tolerated; "));
        var cart = NameOf("cart canary");
        (await Opsbot("attach", cart)).ShouldSatisfyAllConditions(
            done => done.ExitCode.ShouldBe(1, done.ToString()), done => done.Output.ShouldContain("not well: roll back: errors +"));
        await OpsBotProgram.UntilAsync(
            () => Task.FromResult(folder.Store.Count("select count(*) from proposals where action = 'undeploy' and status = 'open' and state like '%2.4.1%'") == 1
                && folder.Store.Count($"select count(*) from messages where kind = 'thread.post-reply' and body like '%/{cart}/verdict%roll back%'") == 1 ? "proposed" : null),
            "the roll-back to be proposed in a thread that has the verdict", Cancel);

        (await Opsbot("stop", dead, "enough")).ExitCode.ShouldBe(2, "nobody's word ends a watch");
        (await Opsbot("stop", dead, "enough", "--token-file", token)).Output.ShouldContain($"{dead} is stopped by Ana: enough");
        await OpsBotProgram.UntilAsync(
            () => Task.FromResult(folder.Store.Count("select count(*) from incidents where id = 1 and status = 'resolved'") == 1 ? "resolved" : null),
            "its incident is over with it", Cancel);
        (await process.TerminateAsync(Cancel)).ShouldBe(0, process.Errors);
    }

    /// <summary>The scheduler says that a job began to run, twice as schedulers do.</summary>
    private static async Task RunsAsync(Uri webhooks)
    {
        for (var i = 0; i < 2; i++)
            await PostAsync(webhooks, $$$"""{"specversion":"1.0","id":"e{{{i}}}","source":"/slurm","type":"opsbot.training.v1","data":{"key":"4711","status":"running","name":"ranker-large","user":"ana"}}""");
    }

    private static async Task PostAsync(Uri webhooks, string happened)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(webhooks, "/webhooks/cloudevents"))
        {
            Content = new StringContent(happened, System.Text.Encoding.UTF8, "application/cloudevents+json"),
        };
        request.Headers.Authorization = new("Bearer", Bearer);
        using var response = await http.SendAsync(request, Cancel);
        response.IsSuccessStatusCode.ShouldBeTrue(response.ToString());
    }

    /// <summary>Two services with a canary each, whose counters go up with time: that of the cart fails ten times as often as its baseline, that of the payment as often.</summary>
    private sealed class Traffic
    {
        private readonly long _began = TimeProvider.System.GetTimestamp();

        public string Text()
        {
            var seconds = TimeProvider.System.GetElapsedTime(_began).TotalSeconds;
            var text = new System.Text.StringBuilder();
            foreach (var (service, track) in new[] { ("cart", "canary"), ("cart", "stable"), ("pay", "canary"), ("pay", "stable") })
            {
                var of = $"service=\"{service}\",track=\"{track}\"";
                var failed = service == "cart" && track == "canary" ? 0.1 : 0.01;
                text.Append(CultureInfo.InvariantCulture, $"requests_total{{{of},code=\"500\"}} {100_000 * failed * seconds}\nrequests_total{{{of},code=\"200\"}} {100_000 * (1 - failed) * seconds}\n")
                    .Append(CultureInfo.InvariantCulture, $"busy{{{of}}} 0.5\n");
                foreach (var (le, share) in new[] { ("0.1", 0.8), ("0.5", 0.95), ("+Inf", 1) })
                    text.Append(CultureInfo.InvariantCulture, $"seconds_bucket{{{of},le=\"{le}\"}} {100_000 * share * seconds}\n");
            }

            return text.ToString();
        }
    }
}
