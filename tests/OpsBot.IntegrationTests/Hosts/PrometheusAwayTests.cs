using System.Net;
using System.Text.Json;
using OpsBot.IntegrationTests.Prometheus;
using OpsBot.IntegrationTests.Support;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Hosts;

/// <summary>A real Prometheus that is away when a host starts, and again later: diagnoses go on without it and say so.</summary>
public sealed class PrometheusAwayTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_diagnosis_is_made_without_it_and_says_what_was_missing_and_the_next_has_it_again()
    {
        var port = ServerProcess.FreePort();
        var unreachable = $"prometheus main up: http://127.0.0.1:{port}/api/v1/ cannot be reached: Connection refused (127.0.0.1:{port})";
        using var folder = new DataFolder();
        using var sender = new AlertSender();
        using var http = new HttpClient();
        await using var host = await OpsBotProcess.ServeAsync(
            folder,
            folder.Write("opsbot.yaml", $$"""
                {{AlertSender.Senders}}
                incidents: { diagnoseAfter: 100ms, maxDiagnoses: 1 }
                evidence: { prometheus: [ { name: main, url: "http://127.0.0.1:{{port}}", queries: [ { name: up, expr: up } ] } ] }
                """),
            Cancel);

        (await MissingAsync(1)).ShouldContain(unreachable);
        (await http.GetStringAsync(new Uri(await host.Console, "/incidents/INC-1"), Cancel)).ShouldContain("cannot be reached", customMessage: "people see it too");
        await using (await PrometheusServer.StartAsync(Cancel, onPort: port))
        {
            (await MissingAsync(2)).ShouldBeEmpty();
        }

        (await MissingAsync(3)).ShouldContain(unreachable);
        (await sender.HealthAsync(await host.Webhooks, Cancel, "/readyz")).ShouldBe((HttpStatusCode.OK, "store: ok\nbus: ok\n"));

        async Task<IReadOnlyList<string>> MissingAsync(int incident)
        {
            (await sender.PostAsync(await host.Webhooks, $"a{incident}", Cancel)).Status.ShouldBe(HttpStatusCode.Accepted);
            var report = await OpsBotProgram.UntilAsync(
                () => Task.FromResult(folder.Store.Query($"select report from diagnoses where incident_id = {incident}", row => row.GetString(0)).SingleOrDefault()),
                $"the diagnosis of INC-{incident}",
                Cancel);
            using var json = JsonDocument.Parse(report);
            return json.RootElement.TryGetProperty("notAvailable", out var missing)
                ? [.. missing.EnumerateArray().Select(each => $"{each.GetProperty("source").GetString()} {each.GetProperty("reason").GetString()}")]
                : [];
        }
    }
}
