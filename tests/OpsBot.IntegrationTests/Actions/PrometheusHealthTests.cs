using OpsBot.Contracts.Actions;
using OpsBot.IntegrationTests.Alertmanager;
using OpsBot.IntegrationTests.Prometheus;
using OpsBot.IntegrationTests.Support;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Actions;

/// <summary>Whether an action made it better or worse, as a real Prometheus tells it.</summary>
public sealed class PrometheusHealthTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_Prometheus_says_got_worse_is_undone_and_what_got_better_is_verified()
    {
        await using var target = await MetricsTarget.StartAsync(Cancel);
        using var folder = new DataFolder();
        target.RatioFile = folder.Write("ratio", "0.4");
        await using var prometheus = await PrometheusServer.StartAsync(Cancel, target.Address);
        await using var stage = new ActionStage(
            $$"""
            evidence:
              prometheus: [ { url: {{prometheus.Url}} } ]

            """,
            $$"""
                set-ratio:
                  description: Set how many requests fail
                  parameters:
                    to: { pattern: "0[.][0-9]" }
                  risk: reversible
                  target: service/checkout
                  run: [{{folder.Write("set", "#!/bin/sh\nprintf %s \"$1\" > " + target.RatioFile + ".new && mv " + target.RatioFile + ".new " + target.RatioFile, executable: true)}}, "{to}"]
                  undo: [{{Path.Combine(folder.Path, "set")}}, "0.4"]
                  health:
                    - { name: error ratio, prometheus: 'shop_error_ratio{service="checkout"}', tolerance: 0.1, floor: 0.05, settle: 3s }
            """);
        await stage.OpenIncidentAsync(Cancel);
        await using var serve = await OpsBotProcess.ServeAsync(stage.Folder, stage.Config, Cancel);

        var worse = await RunAsync(stage, "0.9");
        worse.Status.ShouldBe(RunStatus.Undone, worse.Reason);
        worse.Reason!.ShouldContain("error ratio got worse: 0.4 → 0.9");
        File.ReadAllText(target.RatioFile).ShouldBe("0.4");

        var better = await RunAsync(stage, "0.1");
        better.Status.ShouldBe(RunStatus.Verified, better.Reason);
        better.HealthAfter["error ratio"].ShouldBe(0.1);
        File.ReadAllText(target.RatioFile).ShouldBe("0.1");
    }

    private static async Task<ActionRun> RunAsync(ActionStage stage, string to) =>
        await stage.RunOfAsync(await stage.ApprovedAsync("set-ratio", [new Dictionary<string, string> { ["to"] = to }], Cancel), Cancel);
}
