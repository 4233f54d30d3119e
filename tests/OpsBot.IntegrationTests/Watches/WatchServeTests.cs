using System.Text.Json;
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

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_watch_finds_what_is_wrong_opens_its_incident_and_ends_with_a_verdict()
    {
        using var folder = new DataFolder();
        await using var prometheus = await PrometheusServer.StartAsync(Cancel);
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
            evidence:
              prometheus: [{ name: main, url: "{{prometheus.Url}}" }]
            watches:
              - { name: dead target, query: { expr: 'up{job="dead"}', op: '>=', value: 1 }, every: 5s, for: 1h }
              - { name: ranker, training: { metric: auc, op: '>=', target: 0.78, curve: { log: { path: "{{folder.Path}}/runs/{job}.jsonl" } } }, every: 5s, for: 1h, start: { event: { jobs: ["ranker*"] } } }
              - { name: shop, query: { expr: 'up{job="shop"}', op: '>=', value: 1, until: true }, every: 5s, for: 1h }
            """);
        await using var process = await OpsBotProcess.ServeAsync(folder, config, Cancel);
        Task<Finished> Opsbot(params string[] arguments) => OpsBotProgram.RunAsync(folder, Cancel, ["watch", .. arguments, "--config", config]);

        static string Line(int step) => $$"""{"step": {{step}}, "loss": 1.0, "auc": 0.7{{step * 2}}}""" + "\n";
        var metrics = Path.Combine(Directory.CreateDirectory(Path.Combine(folder.Path, "runs")).FullName, "4711.jsonl");
        await File.WriteAllTextAsync(metrics, string.Concat(Enumerable.Range(0, 4).Select(Line)), Cancel);
        await RunsAsync(await process.Webhooks);

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
        using var http = new HttpClient();
        for (var i = 0; i < 2; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(webhooks, "/webhooks/cloudevents"))
            {
                Content = new StringContent(
                    $$$"""{"specversion":"1.0","id":"e{{{i}}}","source":"/slurm","type":"opsbot.training.v1","data":{"key":"4711","status":"running","name":"ranker-large","user":"ana"}}""",
                    System.Text.Encoding.UTF8, "application/cloudevents+json"),
            };
            request.Headers.Authorization = new("Bearer", Bearer);
            using var response = await http.SendAsync(request, Cancel);
            response.IsSuccessStatusCode.ShouldBeTrue(response.ToString());
        }
    }
}
