using System.Text.Json;
using OpsBot.Contracts;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Training;
using OpsBot.Contracts.Watches;
using OpsBot.Tests.Support;
using OpsBot.Watches.Ticks;
using OpsBot.Watches.Training;
using static OpsBot.Tests.Support.ScriptedRun;

namespace OpsBot.Tests.Watches;

/// <summary>Ticks of a training run, one after the other, without a store. What the curve's judge finds is shown by its own tests.</summary>
public sealed class TrainingWatchTests
{
    private readonly ScriptedRun _run = new();
    private readonly KnownJobs _jobs = new();
    private DateTimeOffset _now = Some.WatchBegan;

    [Fact]
    public async Task A_run_that_reaches_its_target_ends_the_watch_well_with_the_step()
    {
        _run.Then(Points(0, 0.5, 0.6)).Then(Points(2, 0.7, 0.79));
        var watch = await TickAsync(Watch());
        watch.Status.ShouldBe(WatchStatus.Running);
        watch.Reading.Times.ShouldBe([0, 1]);
        watch.Reading.BySteps.ShouldBeTrue();
        watch = await TickAsync(watch);
        watch.Verdict!.ShouldSatisfyAllConditions(end => end.Outcome.ShouldBe(WatchOutcome.Good), end => end.Text.ShouldStartWith("reached: auc 0.79 at step 3, wanted auc >= 0.78"));
    }

    [Fact]
    public async Task A_run_that_ends_short_of_its_target_is_a_problem_and_tells_its_best()
    {
        _run.Then(Points(0, 0.5, 0.7, 0.65));
        var watch = await TickAsync(Watch() with { Deadline = _now });
        watch.Verdict!.ShouldSatisfyAllConditions(end => end.Outcome.ShouldBe(WatchOutcome.Bad), end => end.Text.ShouldBe("not reached: best auc 0.7 at step 1 of 2, wanted auc >= 0.78"));
        watch.Problems.Select(problem => problem.Kind).ShouldContain("not-reached");
    }

    [Fact]
    public async Task It_goes_on_where_the_last_look_ended_and_reads_nothing_twice()
    {
        _run.Then(Points(0, 0.5)).Then(Points(1, 0.6));
        var watch = await TickAsync(Watch());
        watch.Cursor.ShouldBe("1");
        watch = await TickAsync(watch);
        _run.Cursors.ShouldBe([null, "1"]);
        watch.Reading.Times.ShouldBe([0, 1]);
    }

    [Fact]
    public async Task Nothing_new_of_a_run_that_is_there_is_no_blindness_and_a_run_that_is_not_there_is()
    {
        _run.Then(Points(0, 0.5)).ThenState(CurveReadingState.NoData, 5).ThenState(CurveReadingState.Absent, 3);
        var watch = Watch();
        for (var i = 0; i < 6; i++)
            watch = await TickAsync(watch);
        watch.Blind.ShouldBe(0);
        for (var i = 0; i < 3; i++)
            watch = await TickAsync(watch);
        watch.Problems.ShouldContain(problem => problem.Kind == "blind" && problem.Text.Contains("the run's metrics are not there", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_run_that_nobody_sees_any_more_was_not_missed_nor_reached()
    {
        _run.Then(Points(0, 0.5)).ThenState(CurveReadingState.Absent, 4);
        var watch = Watch();
        for (var i = 0; i < 4; i++)
            watch = await TickAsync(watch);
        watch = await TickAsync(watch with { Deadline = _now });
        watch.Verdict!.ShouldSatisfyAllConditions(
            end => end.Outcome.ShouldBe(WatchOutcome.Unknown), end => end.Text.ShouldContain("the last 4 looks saw nothing"));
        watch.Problems.Select(problem => problem.Kind).ShouldNotContain("not-reached");
    }

    [Fact]
    public async Task What_is_finite_again_is_no_problem_any_more()
    {
        _run.Then(Points(0, 0.5, double.NaN)).Then(Points(2, 0.6));
        var watch = await TickAsync(Watch());
        watch.Problems.Select(problem => problem.Kind).ShouldBe(["non-finite"]);
        (await TickAsync(watch)).Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_no_number_can_hold_is_no_best_value_and_leaves_a_gap()
    {
        _run.Then(Points(0, 0.5, double.NaN, double.PositiveInfinity));
        var watch = await TickAsync(Watch());
        watch.Reading.Values.ShouldBe([0.5, null, null]);
        watch.Status.ShouldBe(WatchStatus.Running, "an infinite value reaches nothing");
    }

    [Fact]
    public async Task A_line_that_says_why_the_job_broke_is_a_problem_until_the_run_takes_steps_again()
    {
        _run.Then(Points(0, 0.5)).ThenLines("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.").Then(Points(1, 0.6));
        var watch = await TickAsync(await TickAsync(Watch()));
        watch.Problems.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            problem => problem.Kind.ShouldBe("fault-gpu-out-of-memory"), problem => problem.Text.ShouldContain("memory"));
        (await TickAsync(watch)).Problems.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(TrainingJobStatus.Queued)]
    [InlineData(TrainingJobStatus.Succeeded)]
    public async Task A_job_that_does_not_run_makes_no_step_and_is_no_hang(TrainingJobStatus status)
    {
        _run.Then(Points(0, 0.5));
        _jobs.Say(status, Some.WatchBegan.AddSeconds(30));
        var watch = await TickAsync(Hanging());
        for (var i = 0; i < 8; i++)
            watch = await TickAsync(watch);
        watch.Problems.ShouldBeEmpty();
        watch.Reading.Text.Contains("the job waits or is suspended", StringComparison.Ordinal).ShouldBe(status == TrainingJobStatus.Queued);
    }

    [Fact]
    public async Task A_job_that_runs_hangs_from_when_it_ran_and_one_that_is_suspended_then_hangs_no_more()
    {
        _run.Then(Points(0, 0.5));
        _jobs.Say(TrainingJobStatus.Queued, Some.WatchBegan.AddSeconds(30));
        var watch = await TickAsync(Hanging());
        for (var i = 0; i < 8; i++)
            watch = await TickAsync(watch);
        _jobs.Say(TrainingJobStatus.Running, _now);
        for (var i = 0; i < 4; i++)
            watch = await TickAsync(watch);
        watch.Problems.ShouldBeEmpty("it has run for four minutes");
        watch = await TickAsync(await TickAsync(watch));
        watch.Problems.ShouldHaveSingleItem().Kind.ShouldBe("hang");
        _jobs.Say(TrainingJobStatus.Queued, _now);
        watch = await TickAsync(watch);
        watch.Problems.ShouldBeEmpty("it is suspended");
        _jobs.Say(TrainingJobStatus.Running, _now);
        for (var i = 0; i < 6; i++)
            watch = await TickAsync(watch);
        watch.Problems.ShouldHaveSingleItem().Kind.ShouldBe("hang", "it went on and makes no step");
    }

    [Fact]
    public async Task A_step_after_the_schedulers_last_word_says_more_than_that_word()
    {
        _run.Then(Points(0, 0.5)).Then(Points(1, 0.6));
        _jobs.Say(TrainingJobStatus.Queued, Some.WatchBegan.AddSeconds(30));
        var watch = await TickAsync(Hanging());
        for (var i = 0; i < 7; i++)
            watch = await TickAsync(watch);
        watch.Problems.ShouldHaveSingleItem().Kind.ShouldBe("hang", "nobody told that it went on, and it took a step");
    }

    [Fact]
    public async Task What_waits_in_the_queue_has_written_nothing_and_is_no_blindness_and_what_runs_without_a_log_hangs()
    {
        _run.ThenState(CurveReadingState.Absent, 100);
        _jobs.Say(TrainingJobStatus.Queued, Some.WatchBegan);
        var watch = Hanging();
        for (var i = 0; i < 6; i++)
            watch = await TickAsync(watch);
        (watch.Blind, watch.Problems.Count).ShouldBe((0, 0));
        _jobs.Say(TrainingJobStatus.Running, _now);
        for (var i = 0; i < 7; i++)
            watch = await TickAsync(watch);
        watch.Problems.Select(problem => problem.Kind).ShouldBe(["hang", "blind"]);
    }

    private static Watch Hanging() => Watch() with
    {
        Spec = JsonSerializer.Serialize(
            new TrainingSpec(new TrainingGoal(null, ">=", null, null, TimeSpan.FromMinutes(5)), "ranker", new Dictionary<string, string>(), new TrainingJobId("slurm", "ci/4711")), OpsBotJson.Options),
    };

    private async Task<Watch> TickAsync(Watch watch)
    {
        var kind = new TrainingKind(_run, _jobs);
        _now = watch.NextDueAt > _now ? watch.NextDueAt.Value : _now;
        return TickFlow.Apply(watch, kind, await kind.ObserveAsync(watch, TestContext.Current.CancellationToken), _now).Watch;
    }

    private static Watch Watch() => Some.Watch() with
    {
        Kind = "training",
        Spec = JsonSerializer.Serialize(
            new TrainingSpec(new TrainingGoal("auc", ">=", 0.78, 100), "ranker", new Dictionary<string, string> { ["job"] = "4711" }), OpsBotJson.Options),
    };
}
