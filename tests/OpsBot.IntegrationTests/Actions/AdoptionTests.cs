using OpsBot.Contracts.Actions;
using OpsBot.IntegrationTests.Support;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Actions;

/// <summary>Commands outlive the program that started them.</summary>
public sealed class AdoptionTests(ITestOutputHelper output)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stopping_leaves_a_command_at_work_and_the_next_start_adopts_it()
    {
        await using var stage = new ActionStage();
        await stage.OpenIncidentAsync(Cancel);
        Proposal proposal;
        await using (var first = await OpsBotProcess.ServeAsync(stage.Folder, stage.Config, Cancel))
        {
            proposal = await stage.ChangeAsync("one", "slow", Cancel);
            await OpsBotProgram.UntilAsync(() => Task.FromResult(stage.Effects().Count == 1 ? "begun" : null), "the command to begin", Cancel);
            (await first.TerminateAsync(Cancel)).ShouldBe(0, first.Errors);
        }

        stage.VersionOf("one").ShouldBe(1, "it was still at work when the program had ended");
        await using var second = await OpsBotProcess.ServeAsync(stage.Folder, stage.Config, Cancel);
        var run = await stage.RunOfAsync(proposal, Cancel);

        run.Status.ShouldBe(RunStatus.Verified, run.Reason);
        run.ExitCode.ShouldBe(0);
        run.OutputTail.ShouldContain("run of one ends");
        stage.Effects().Count.ShouldBe(1);
        stage.VersionOf("one").ShouldBe(2);
    }

    [Theory]
    [InlineData("stop", "Actions are stopped since")]
    [InlineData("drift", "version was 1 and is 7")]
    public async Task What_was_intended_before_a_crash_and_must_not_run_any_more_never_starts(string meanwhile, string because)
    {
        if (meanwhile is "drift")
        {
            LongRun.Require();
        }

        await using var stage = new ActionStage();
        await stage.OpenIncidentAsync(Cancel);
        var proposal = await stage.ChangeAsync("one", "good", Cancel);
        await using (var first = OpsBotProcess.Start(stage.Folder, stage.Config, "before-start:1"))
        {
            (await first.Held.WaitAsync(OpsBotProgram.Patience, TimeProvider.System, Cancel)).ShouldBeTrue(first.Errors);
            await first.KillAsync();
        }

        if (meanwhile == "stop")
        {
            await stage.StopAsync(Cancel);
        }
        else
        {
            stage.Folder.Write("state-one", "7");
        }

        await using var second = await OpsBotProcess.ServeAsync(stage.Folder, stage.Config, Cancel);
        var run = await stage.RunOfAsync(proposal, Cancel);

        (run.Status, run.HoldsTarget).ShouldBe((RunStatus.Failed, false), run.Reason);
        run.Reason!.ShouldStartWith("It was never started: ");
        run.Reason.ShouldContain(because);
        stage.Effects().ShouldBeEmpty();
    }

    [Fact]
    public async Task What_makes_things_worse_is_undone_and_the_thread_says_so()
    {
        await using var stage = new ActionStage();
        await stage.OpenIncidentAsync(Cancel);
        await using var serve = await OpsBotProcess.ServeAsync(stage.Folder, stage.Config, Cancel);

        var worse = await stage.RunOfAsync(await stage.ChangeAsync("one", "worse", Cancel), Cancel);
        var failed = await stage.RunOfAsync(await stage.ChangeAsync("two", "fails", Cancel), Cancel);

        worse.Status.ShouldBe(RunStatus.Undone, worse.Reason);
        worse.Reason!.ShouldContain("errors got worse: 1 → 50");
        failed.Status.ShouldBe(RunStatus.Undone, failed.Reason);
        failed.Reason!.ShouldContain("exit status 3");
        stage.Effects().Select(effect => (effect.Op, effect.Name)).ShouldBe([("run", "one"), ("undo", "one"), ("run", "two"), ("undo", "two")]);
        (stage.VersionOf("one"), stage.VersionOf("two")).ShouldBe((1, 1));
        await OpsBotProgram.UntilAsync(
            () => Task.FromResult(stage.Store.Lines("select text from thread_replies where text like '%is being undone%'") is { Count: 2 } told ? told : null),
            "the thread to be told", Cancel);
    }

    [Fact]
    public async Task Of_several_slots_those_before_a_bad_one_are_undone_too_last_first()
    {
        await using var stage = new ActionStage();
        await stage.OpenIncidentAsync(Cancel);
        await using var serve = await OpsBotProcess.ServeAsync(stage.Folder, stage.Config, Cancel);
        var proposal = await stage.ApprovedAsync(
            "change",
            [.. new[] { ("a", "good"), ("b", "good"), ("c", "worse"), ("d", "good") }
                .Select(slot => new Dictionary<string, string> { ["name"] = slot.Item1, ["outcome"] = slot.Item2 })],
            Cancel);

        var view = await OpsBotProgram.UntilAsync(
            async () => await stage.Reader.FindProposalAsync(proposal.Id, proposal.Version, Cancel) is { Proposal.Status: ProposalStatus.Undone } over ? over : null,
            "the proposal to be undone", Cancel);

        view.Runs.Select(run => (run.Slot, run.Status)).ShouldBe([(1, RunStatus.Undone), (2, RunStatus.Undone), (3, RunStatus.Undone)]);
        stage.Effects().Select(effect => $"{effect.Op} {effect.Name}").ShouldBe(["run a", "run b", "run c", "undo c", "undo b", "undo a"]);
        new[] { "a", "b", "c", "d" }.Select(stage.VersionOf).ShouldAllBe(version => version == 1);
        stage.Store.Lines("select target, run_id from target_leases where run_id is not null").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_target_that_another_run_has_is_waited_for_and_what_changed_meanwhile_voids_the_approval()
    {
        await using var stage = new ActionStage();
        await stage.OpenIncidentAsync(Cancel);
        await using var serve = await OpsBotProcess.ServeAsync(stage.Folder, stage.Config, Cancel);
        var first = await stage.ChangeAsync("one", "slow", Cancel);
        await OpsBotProgram.UntilAsync(() => Task.FromResult(stage.Effects().Count == 1 ? "begun" : null), "the first to begin", Cancel);
        var second = await stage.ChangeAsync("one", "good", Cancel, "change-too");

        await OpsBotProgram.UntilAsync(
            async () => (await stage.RunsAsync(Cancel)).FirstOrDefault(run => run.Status == RunStatus.Waiting && run.Reason is not null), "the second to wait", Cancel);
        (await stage.RunOfAsync(first, Cancel)).Status.ShouldBe(RunStatus.Verified);
        var refused = await stage.RunOfAsync(second, Cancel);

        refused.Status.ShouldBe(RunStatus.Refused);
        refused.Reason!.ShouldContain("version was 1 and is 2");
        (await stage.Reader.FindProposalAsync(second.Id, null, Cancel))!.Proposal.Status.ShouldBe(ProposalStatus.Void);
        stage.Effects().Count.ShouldBe(1);
        stage.Store.Count("select max(attempts - abandoned) from messages where kind = 'action.run'").ShouldBe(1, "waiting is no failed attempt");
    }

    [Fact]
    public async Task From_the_click_to_the_command_it_takes_a_moment()
    {
        LongRun.Require();
        await using var stage = new ActionStage();
        await stage.OpenIncidentAsync(Cancel);
        await using var serve = await OpsBotProcess.ServeAsync(stage.Folder, stage.Config, Cancel);
        var took = new List<double>();
        for (var i = 0; i < (LongRun.IsOn ? 5 : 2); i++)
        {
            var name = stage.NewName();
            var proposal = await stage.ChangeAsync(name, "good", Cancel);
            var clicked = TimeProvider.System.GetUtcNow();
            await stage.RunOfAsync(proposal, Cancel);
            took.Add((stage.Effects().Single(effect => effect.Name == name).At - clicked).TotalMilliseconds);
        }

        output.WriteLine($"from the approval's commit to the command's first write: {string.Join(", ", took.Select(ms => $"{ms:0} ms"))}");
        took.Min().ShouldBeLessThan(10_000);
    }
}
