using OpsBot.Actions.Loops;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Training;
using OpsBot.Contracts.Watches;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Actions.Loops;

/// <summary>What a loop does next, from what is known of its jobs.</summary>
public sealed class LoopFlowTests
{
    private static readonly DateTimeOffset Began = Some.WatchBegan;
    private static readonly DateTimeOffset Now = Began.AddHours(2);
    private static readonly LoopRule Rule = new("setting", ["A=1", "A=2", "A=3"], "ranker", null, null, TimeSpan.FromDays(1), TimeSpan.FromMinutes(1));

    [Fact]
    public void What_is_reached_ends_it_whatever_else_is_over()
    {
        var move = LoopFlow.Decide(Rule with { GpuHours = 1 }, Sight(Job(TrainingJobStatus.Succeeded, gpus: 64), Ended(WatchOutcome.Good, "reached: auc 0.79")) with { Until = Began }, Now);
        move.ShouldBe(new LoopMove(LoopStep.Reached, "job ci/12 with A=1 reached: auc 0.79. 128 of 1 GPU-hours are used."));
    }

    [Theory]
    [InlineData("off-target", LoopStep.Next)]
    [InlineData("divergence", LoopStep.Next)]
    [InlineData("non-finite", LoopStep.Next)]
    [InlineData("hang", LoopStep.Next)]
    [InlineData("stalled", LoopStep.Wait)]
    [InlineData("blind", LoopStep.Wait)]
    public void A_run_that_has_no_hope_left_is_followed_by_the_next_and_any_other_is_waited_for(string kind, LoopStep step) =>
        LoopFlow.Decide(Rule, Sight(Job(TrainingJobStatus.Running), Watched() with { Problems = [new WatchProblem(kind, "so it is")] }), Now).Step.ShouldBe(step);

    [Fact]
    public void One_that_fell_short_is_followed_by_the_next_while_there_is_one()
    {
        var fell = Ended(WatchOutcome.Bad, "not reached: best auc 0.7");
        LoopFlow.Decide(Rule, Sight(Job(TrainingJobStatus.Succeeded), fell), Now).ShouldBe(new LoopMove(LoopStep.Next, "Job ci/12 with A=1 fell short: not reached: best auc 0.7."));
        LoopFlow.Decide(Rule, Sight(Job(TrainingJobStatus.Succeeded), fell) with { Total = 1 }, Now)
            .ShouldBe(new LoopMove(LoopStep.Stopped, "None of its 1 runs reached the target; job ci/12 with A=1: not reached: best auc 0.7."));
    }

    [Theory]
    [InlineData(TrainingJobStatus.Failed, LoopStep.Next, "it failed")]
    [InlineData(TrainingJobStatus.Succeeded, LoopStep.Stopped, "Nobody can tell how job ci/12 with A=1 came out")]
    [InlineData(TrainingJobStatus.Cancelled, LoopStep.Stopped, "was cancelled, and not by it")]
    public void What_nobody_can_judge_stops_it_unless_the_job_failed(TrainingJobStatus status, LoopStep step, string text)
    {
        var move = LoopFlow.Decide(Rule, Sight(Job(status), Ended(WatchOutcome.Unknown, "no step of it was ever seen")), Now);
        (move.Step, move.Text.Contains(text, StringComparison.Ordinal)).ShouldBe((step, true), move.Text);
    }

    [Theory]
    [InlineData(TrainingJobStatus.Queued, 600, LoopStep.Wait)]
    [InlineData(TrainingJobStatus.Running, 9, LoopStep.Wait)]
    [InlineData(TrainingJobStatus.Running, 11, LoopStep.Stopped)]
    [InlineData(TrainingJobStatus.Failed, 9, LoopStep.Wait)]
    [InlineData(TrainingJobStatus.Failed, 11, LoopStep.Next)]
    [InlineData(TrainingJobStatus.Succeeded, 11, LoopStep.Stopped)]
    public void A_job_that_nobody_watches_is_waited_for_in_the_queue_and_for_ten_minutes_else(TrainingJobStatus status, int minutes, LoopStep step) =>
        LoopFlow.Decide(Rule, Sight(Job(status) with { StatusAt = Now.AddMinutes(-minutes) }, null), Now).Step.ShouldBe(step);

    [Theory]
    [InlineData(9, LoopStep.Wait)]
    [InlineData(11, LoopStep.Stopped)]
    public void A_job_that_nobody_told_of_is_waited_for_ten_minutes(int minutes, LoopStep step) =>
        LoopFlow.Decide(Rule, Sight(null, null) with { Runs = [new LoopRun("A=1", "12", null, Now.AddMinutes(-minutes))] }, Now).Step.ShouldBe(step);

    [Fact]
    public void A_command_that_names_no_job_and_two_jobs_of_one_name_stop_it()
    {
        LoopFlow.Decide(Rule, Sight(null, null) with { Runs = [new LoopRun("A=1", null, null, Now)] }, Now).Text.ShouldStartWith("Nobody can tell which job was begun");
        LoopFlow.Decide(Rule, Sight(null, null) with { Alike = true }, Now).Text.ShouldContain("several are called so");
    }

    [Fact]
    public void Its_time_ends_it_and_leaves_what_is_at_work() =>
        LoopFlow.Decide(Rule, Sight(Job(TrainingJobStatus.Running), Watched()) with { Until = Now }, Now).ShouldBe(new LoopMove(LoopStep.Stopped, "Its time is over. Job ci/12 with A=1 is left to end."));

    [Theory]
    [InlineData(8, null, 15.9, "Its budget is used up. 16 of 15.9 GPU-hours are used. Job ci/12 with A=1 is left to end.")]
    [InlineData(8, null, 16.1, null)]
    [InlineData(null, 8, 15.9, "Its budget is used up. 16 of 15.9 GPU-hours are used. Job ci/12 with A=1 is left to end.")]
    [InlineData(0, 8, 0.1, null)]
    [InlineData(null, null, 1000.0, "The GPU-hours of job ci/12 with A=1 cannot be counted: nobody says how many GPUs it has; set loop.gpus. Job ci/12 with A=1 is left to end.")]
    public void Gpu_hours_are_counted_from_the_scheduler_else_from_the_configuration_and_what_cannot_be_counted_stops_it(int? gpus, int? configured, double most, string? stopped)
    {
        var move = LoopFlow.Decide(Rule with { GpuHours = most, Gpus = configured }, Sight(Job(TrainingJobStatus.Running, gpus), Watched()), Now);
        move.ShouldBe(stopped is null ? LoopMove.Wait : new LoopMove(LoopStep.Stopped, stopped));
    }

    [Fact]
    public void The_hours_of_all_its_jobs_count_and_an_earlier_one_that_nobody_told_of_cannot_be_counted()
    {
        var earlier = new LoopRun("A=1", "11", Job(TrainingJobStatus.Cancelled, gpus: 4) with { Key = "ci/11", EndedAt = Began.AddHours(1) }, Began);
        var sight = Sight(Job(TrainingJobStatus.Running, gpus: 4), Watched());
        var move = LoopFlow.Decide(Rule with { GpuHours = 12 }, sight with { Runs = [earlier, sight.Runs[0]] }, Now);
        move.Text.ShouldStartWith("Its budget is used up. 12 of 12 GPU-hours are used.");
        LoopFlow.Decide(Rule with { GpuHours = 12 }, sight with { Runs = [earlier with { Job = null }, sight.Runs[0]] }, Now).Text.ShouldContain("of job 11 with A=1 cannot be counted");
    }

    private static LoopSight Sight(TrainingJob? job, Watch? watch) => new([new LoopRun("A=1", "12", job, Began)], 3, watch, Alike: false, Began.AddDays(1));

    private static TrainingJob Job(TrainingJobStatus status, int? gpus = null) => new()
    {
        Id = 1, Source = "slurm", Key = "ci/12", ShortKey = "12", Status = status, StatusAt = Began, StartedAt = Began, Gpus = gpus,
    };

    private static Watch Watched() => Some.Watch();

    private static Watch Ended(WatchOutcome outcome, string text) => Watched() with { Status = WatchStatus.Ended, Verdict = new WatchVerdict(outcome, text, Now) };
}
