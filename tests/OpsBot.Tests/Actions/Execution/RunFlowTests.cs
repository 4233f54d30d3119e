using OpsBot.Actions.Catalog;
using OpsBot.Actions.Execution;
using OpsBot.Actions.Execution.Supervision;
using OpsBot.Contracts.Actions;

namespace OpsBot.Tests.Actions.Execution;

public sealed class RunFlowTests
{
    private static readonly Dictionary<string, string> Before = new() { ["version"] = "4.11" };

    [Fact]
    public void What_ended_is_exited_however_it_ended()
    {
        RunFlow.AfterCommand(Exit(code: 0), ProbeAnswer.NotAsked).ShouldBe(new RunMove(RunStatus.Exited, null, KeepsTarget: true));
        RunFlow.AfterCommand(Exit(code: 3), ProbeAnswer.NotAsked).Reason.ShouldBe("It ended with exit status 3.");
        RunFlow.AfterCommand(Exit(signal: 9), ProbeAnswer.NotAsked).Reason.ShouldBe("It was ended by signal 9.");
        RunFlow.AfterCommand(Exit(signal: 15) with { TimedOut = true }, ProbeAnswer.NotAsked).Reason.ShouldBe("It was ended at its time limit.");
    }

    [Fact]
    public void What_was_never_started_lets_go_of_its_target()
    {
        var move = RunFlow.AfterCommand(Exit(notStarted: "there is no such program"), ProbeAnswer.NotAsked);

        (move.To, move.KeepsTarget).ShouldBe((RunStatus.Failed, false));
        move.Reason!.ShouldContain("never started: there is no such program");
    }

    [Theory]
    [InlineData(true, RunStatus.Exited, true)]
    [InlineData(false, RunStatus.Failed, false)]
    [InlineData(null, RunStatus.Unknown, true)]
    public void Where_nobody_wrote_down_how_it_ended_the_probe_decides_or_a_person(bool? done, RunStatus to, bool keepsTarget)
    {
        var move = RunFlow.AfterCommand(exit: null, new ProbeAnswer(done, done is null ? "the action has no probe" : null));

        (move.To, move.KeepsTarget).ShouldBe((to, keepsTarget));
        move.Reason!.ShouldContain("supervisor was lost");
    }

    [Fact]
    public void What_is_no_worse_is_verified_and_what_is_worse_is_undone_where_it_can_be()
    {
        RunFlow.AfterVerification(null, [], canUndo: true).ShouldBe(new RunMove(RunStatus.Verified, null, KeepsTarget: false));
        RunFlow.AfterVerification(null, ["errors got worse: 1 → 5."], canUndo: true).ShouldBe(new RunMove(RunStatus.Undoing, "errors got worse: 1 → 5.", KeepsTarget: true));
        RunFlow.AfterVerification("It ended with exit status 3.", [], canUndo: true).To.ShouldBe(RunStatus.Undoing);
        RunFlow.AfterVerification(null, ["The gate no denies it: no."], canUndo: false).ShouldBe(new RunMove(RunStatus.Failed, "The gate no denies it: no.", KeepsTarget: true));
    }

    [Fact]
    public void Undone_means_that_the_state_is_as_before()
    {
        RunFlow.AfterUndo(Exit(code: 0), Before, Before, "It was worse.").ShouldBe(new RunMove(RunStatus.Undone, "It was worse.", KeepsTarget: false));
        var other = RunFlow.AfterUndo(Exit(code: 0), Before, new Dictionary<string, string> { ["version"] = "4.12" }, "It was worse.");

        (other.To, other.KeepsTarget).ShouldBe((RunStatus.Failed, true));
        other.Reason.ShouldBe("It was worse. After the undo the state is not as before: version: 4.11 → 4.12.");
    }

    [Fact]
    public void An_undo_that_failed_or_whose_state_cannot_be_read_is_for_a_person()
    {
        RunFlow.AfterUndo(Exit(code: 1), Before, Before, "Worse.").To.ShouldBe(RunStatus.Failed);
        RunFlow.AfterUndo(Exit(notStarted: "changed"), Before, Before, "Worse.").To.ShouldBe(RunStatus.Failed);
        RunFlow.AfterUndo(Exit(code: 0), Before, after: null, "Worse.").To.ShouldBe(RunStatus.Failed);
    }

    [Fact]
    public void An_undo_that_nobody_saw_end_is_judged_by_the_state_alone()
    {
        RunFlow.AfterUndo(exit: null, Before, Before, "Worse.").To.ShouldBe(RunStatus.Undone);
        RunFlow.AfterUndo(exit: null, Before, new Dictionary<string, string> { ["version"] = "x" }, "Worse.").To.ShouldBe(RunStatus.Failed);
        RunFlow.AfterUndo(exit: null, new Dictionary<string, string>(), new Dictionary<string, string>(), "Worse.").To.ShouldBe(RunStatus.Failed);
    }

    [Fact]
    public void A_run_that_is_over_is_left_alone_until_its_undo_is_wanted()
    {
        var run = new ActionRun
        {
            Id = 1,
            ProposalId = 1,
            Version = 1,
            Slot = 1,
            Action = "a",
            Target = "t",
            Fence = 1,
            IdempotencyKey = "k",
            Status = RunStatus.Verified,
        };

        RunFlow.StageOf(run, new RunJournal()).ShouldBe(RunStage.Nothing);
        RunFlow.StageOf(run, new RunJournal { UndoBecause = "a later slot was undone" }).ShouldBe(RunStage.BeginUndo);
        RunFlow.StageOf(run with { Status = RunStatus.Refused }, new RunJournal { UndoBecause = "x" }).ShouldBe(RunStage.Nothing);
        RunFlow.StageOf(run with { Status = RunStatus.Undone }, new RunJournal { UndoBecause = "x" }).ShouldBe(RunStage.Nothing);
    }

    [Theory]
    [InlineData("higher", 100, 109, false)]
    [InlineData("higher", 100, 111, true)]
    [InlineData("higher", 0, 4, false)]
    [InlineData("higher", 0, 6, true)]
    [InlineData("lower", 100, 91, false)]
    [InlineData("lower", 100, 80, true)]
    [InlineData("lower", 100, 200, false)]
    public void Worse_by_more_than_tolerance_and_floor_is_a_regression(string worse, double before, double after, bool regressed) =>
        (HealthJudge.Regression(new HealthCheck("errors", null, "x", worse, Tolerance: 0.1, Floor: 5, TimeSpan.Zero), before, after) is not null).ShouldBe(regressed);

    [Theory]
    [InlineData("1.5\n", 1.5)]
    [InlineData("looking…\n\n 42 \n\n", 42.0)]
    [InlineData("1e3", 1000.0)]
    [InlineData("NaN", null)]
    [InlineData("3 errors", null)]
    [InlineData("", null)]
    public void The_last_line_of_a_health_check_is_its_number(string printed, double? number) => HealthJudge.LastNumber(printed).ShouldBe(number);

    private static ExitRecord Exit(int? code = null, int? signal = null, string? notStarted = null) =>
        new("digest", code, signal, notStarted, TimedOut: false, DateTimeOffset.UnixEpoch, "", 0);
}
