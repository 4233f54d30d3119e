using System.Text.Json;
using OpsBot.Contracts;
using OpsBot.Contracts.Diagnoses;
using OpsBot.Contracts.Incidents;
using OpsBot.IntegrationTests.Support;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Alertmanager;

/// <summary>From a metric that rises in a real Prometheus, through a real Alertmanager, to a thread with its cause, and back.</summary>
public sealed class AlertmanagerTests(ITestOutputHelper output)
{
    private const string Bearer = "a-bearer-of-the-alertmanager-test";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_alert_of_a_real_Prometheus_opens_an_incident_with_its_series_as_evidence_and_its_end_resolves_it()
    {
        AlertingServers.Require();
        using var folder = new DataFolder();
        await using var target = await MetricsTarget.StartAsync(Cancel);
        var prometheusPort = ServerProcess.FreePort();
        var config = folder.Write("opsbot.yaml", $$"""
            senders:
              alertmanager: { bearer: {{Bearer}} }
            incidents: { diagnoseAfter: 2s }
            diagnosis: { lookback: 5m }
            evidence:
              prometheus:
                - name: main
                  url: http://127.0.0.1:{{prometheusPort}}
                  queries:
                    - { name: pool used, expr: 'shop_pool_used{service="{service}"}' }
            """);
        await using var opsbot = await OpsBotProcess.ServeAsync(folder, config, Cancel);
        await using var servers = await AlertingServers.StartAsync(
            folder, prometheusPort, target.Address, new Uri(await opsbot.Webhooks, "/webhooks/alertmanager"), Bearer, Cancel);

        var clock = TimeProvider.System.GetTimestamp();
        target.ErrorRatio = 0.62;
        var open = await IncidentAsync(folder, config, IncidentStatus.Open, servers);
        output.WriteLine($"opened {TimeProvider.System.GetElapsedTime(clock).TotalSeconds:0.0} s after the value rose");
        open.Status.ShouldBe(IncidentStatus.Open);
        (open.Title, open.Service, open.Severity, open.Environment, open.Firing).ShouldBe(("CheckoutErrors", "checkout", SeverityLevel.Critical, "production", 1));
        (await PageAsync(opsbot, open)).ShouldContain("state-open");

        await OpsBotProgram.UntilAsync(() => Task.FromResult(folder.Store.Count("select count(*) from diagnoses") > 0 ? "there" : null), "a diagnosis", Cancel);
        var report = (await DetailAsync(folder, config, open)).Diagnosis!.Report;
        output.WriteLine(report.Summary);
        report.NotAvailable.ShouldBeEmpty();
        report.Abstained.ShouldBeFalse(string.Join('\n', report.LookedAt));
        var cause = report.Causes[0];
        cause.Service.ShouldBe("checkout");
        var cited = report.Evidence.Where(item => cause.Evidence.Contains(item.Id)).ToList();
        cited.ShouldContain(item => item.Source == EvidenceSourceKind.Metrics && item.Query.Contains("shop_error_ratio{service=\"checkout\"}", StringComparison.Ordinal));
        cited.ShouldContain(item => item.Source == EvidenceSourceKind.Metrics && item.Query.Contains("shop_pool_used{service=\"checkout\"}", StringComparison.Ordinal));
        (await PageAsync(opsbot, open)).ShouldContain("shop_error_ratio");

        clock = TimeProvider.System.GetTimestamp();
        target.ErrorRatio = 0.01;
        var resolved = await IncidentAsync(folder, config, IncidentStatus.Resolved, servers);
        output.WriteLine($"resolved {TimeProvider.System.GetElapsedTime(clock).TotalSeconds:0.0} s after the value was normal again");
        (resolved.Id, resolved.Firing, resolved.Resolved).ShouldBe((open.Id, 0, 1));
        await OpsBotProgram.UntilAsync(
            async () => await PageAsync(opsbot, open) is var page && page.Contains("state-resolved", StringComparison.Ordinal) ? page : null, "the card to say so", Cancel);
        var shown = await OpsBotProgram.RunAsync(folder, Cancel, "incidents", "show", open.Name, "--config", config);
        shown.Output.ShouldContain("RESOLVED");
        folder.Store.Count("select count(*) from incidents").ShouldBe(1);
        folder.Store.Count("select count(*) from messages where dead_at is not null").ShouldBe(0);
        folder.Store.Count("select count(*) from quarantined").ShouldBe(0);
    }

    private static async Task<Incident> IncidentAsync(DataFolder folder, string config, IncidentStatus wanted, AlertingServers servers)
    {
        try
        {
            await OpsBotProgram.UntilAsync(
                () => Task.FromResult(folder.Store.Count($"select count(*) from incidents where status = '{wanted.ToString().ToLowerInvariant()}'") > 0 ? "there" : null),
                $"an incident that is {wanted}",
                Cancel);
        }
        catch (Exception failure)
        {
            throw new InvalidOperationException($"What the servers said:\n{servers.Printed}", failure);
        }

        var read = await OpsBotProgram.RunAsync(folder, Cancel, "incidents", "--json", "--all", "--data", folder.Data, "--config", config);
        read.ExitCode.ShouldBe(0, read.ToString());
        return JsonSerializer.Deserialize<List<Incident>>(read.Output, OpsBotJson.Options)!.ShouldHaveSingleItem();
    }

    private static async Task<IncidentDetail> DetailAsync(DataFolder folder, string config, Incident incident)
    {
        var read = await OpsBotProgram.RunAsync(folder, Cancel, "incidents", "show", incident.Name, "--json", "--data", folder.Data, "--config", config);
        read.ExitCode.ShouldBe(0, read.ToString());
        return JsonSerializer.Deserialize<IncidentDetail>(read.Output, OpsBotJson.Options)!;
    }

    private static async Task<string> PageAsync(OpsBotProcess opsbot, Incident incident)
    {
        using var http = new HttpClient();
        return await http.GetStringAsync(new Uri(await opsbot.Console, $"/incidents/{incident.Name}"), Cancel);
    }
}
