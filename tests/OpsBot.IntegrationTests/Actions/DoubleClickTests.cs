using OpsBot.Contracts.Actions;
using OpsBot.IntegrationTests.Support;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Actions;

/// <summary>One person decides in four processes at once, while two programs serve the same store.</summary>
public sealed class DoubleClickTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Four_processes_that_approve_at_once_start_one_run()
    {
        await using var stage = new ActionStage(ActionStage.Pager);
        await stage.OpenIncidentAsync(Cancel);
        await using var first = await OpsBotProcess.ServeAsync(stage.Folder, stage.Config, Cancel);
        await using var second = await OpsBotProcess.ServeAsync(stage.Folder, stage.Config, Cancel);
        var token = stage.Folder.Write("token", ActionStage.TokenOfBo + "\n");
        var proposal = await stage.ProposedAsync("change", [new Dictionary<string, string> { ["name"] = "one", ["outcome"] = "good" }], Cancel);

        await stage.PageAsync(Cancel);
        var clicks = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => OpsBotProgram.RunAsync(
            stage.Folder, Cancel, "approve", proposal.Name, "--version", "1", "--config", stage.Config, "--token-file", token)));

        clicks.ShouldAllBe(click => click.ExitCode == 0, string.Join('\n', clicks.AsEnumerable()));
        clicks.Count(click => click.Output.StartsWith("You have approved this already.", StringComparison.Ordinal)).ShouldBe(3, string.Join('\n', clicks.AsEnumerable()));
        (await stage.RunOfAsync(proposal, Cancel)).Status.ShouldBe(RunStatus.Verified);
        var late = await OpsBotProgram.RunAsync(stage.Folder, Cancel, "approve", proposal.Name, "--config", stage.Config, "--token-file", token);
        (late.ExitCode, late.Output).ShouldBe((0, "You have approved this already.\n"), late.ToString());

        stage.Effects().ShouldHaveSingleItem().Op.ShouldBe("run");
        (await stage.RunsAsync(Cancel)).ShouldHaveSingleItem();
        stage.Store.Count("select count(*) from audit where kind = 'approved'").ShouldBe(1);
        stage.Store.Count("select count(*) from messages where kind = 'action.run'").ShouldBe(1);
        stage.Tells().ShouldBe([$"INC-{stage.Incident}/pagerduty/Q1/acknowledge"]);
    }
}
