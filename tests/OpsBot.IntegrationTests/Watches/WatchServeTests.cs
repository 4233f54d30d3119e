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

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_watch_finds_what_is_wrong_opens_its_incident_and_ends_with_a_verdict()
    {
        using var folder = new DataFolder();
        await using var prometheus = await PrometheusServer.StartAsync(Cancel);
        var token = folder.Write("token", Token);
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(Token)));
        var config = folder.Write("opsbot.yaml", $$"""
            people: [{ id: ana, name: Ana, token: "sha256:{{hash}}" }]
            evidence:
              prometheus: [{ name: main, url: "{{prometheus.Url}}" }]
            watches:
              - { name: dead target, query: { expr: 'up{job="dead"}', op: '>=', value: 1 }, every: 5s, for: 1h }
              - { name: shop, query: { expr: 'up{job="shop"}', op: '>=', value: 1, until: true }, every: 5s, for: 1h }
            """);
        await using var process = await OpsBotProcess.ServeAsync(folder, config, Cancel);
        Task<Finished> Opsbot(params string[] arguments) => OpsBotProgram.RunAsync(folder, Cancel, ["watch", .. arguments, "--config", config]);

        (await Opsbot("start", "dead target", "--token-file", token)).ShouldSatisfyAllConditions(
            done => done.ExitCode.ShouldBe(0, done.ToString()), done => done.Output.ShouldContain("WATCH-1 watches dead target"));
        (await Opsbot("start", "shop", "--token-file", token)).ExitCode.ShouldBe(0);
        (await Opsbot("attach", "WATCH-2")).ShouldSatisfyAllConditions(
            done => done.ExitCode.ShouldBe(0, done.ToString()), done => done.Output.ShouldContain("WATCH-2 ended: shop: well: reached: 1, as wanted >= 1"));
        await OpsBotProgram.UntilAsync(
            () => Task.FromResult(folder.Store.Count("select count(*) from incident_keys where source = 'watch' and incident_key = 'watch/1'") == 1 ? "opened" : null),
            "the incident of the watch", Cancel);
        using var shown = JsonDocument.Parse((await Opsbot("show", "WATCH-1", "--json")).Output);
        shown.RootElement.GetProperty("incident").GetInt64().ShouldBe(1);
        shown.RootElement.GetProperty("findings")[0].GetProperty("kind").GetString().ShouldBe("violated");
        (await OpsBotProgram.RunAsync(folder, Cancel, "incidents", "show", "INC-1", "--config", config)).Output.ShouldContain("WATCH-1");

        (await Opsbot("stop", "WATCH-1", "enough")).ExitCode.ShouldBe(2, "nobody's word ends a watch");
        (await Opsbot("stop", "WATCH-1", "enough", "--token-file", token)).Output.ShouldContain("WATCH-1 is stopped by Ana: enough");
        await OpsBotProgram.UntilAsync(
            () => Task.FromResult(folder.Store.Count("select count(*) from incidents where id = 1 and status = 'resolved'") == 1 ? "resolved" : null),
            "its incident is over with it", Cancel);
        (await process.TerminateAsync(Cancel)).ShouldBe(0, process.Errors);
    }
}
