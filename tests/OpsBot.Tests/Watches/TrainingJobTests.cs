using OpsBot.Contracts.Events;
using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Training;
using OpsBot.Contracts.Watches;
using OpsBot.Evidence.Training;
using OpsBot.Storage.Watches;
using OpsBot.Tests.Support;
using OpsBot.Watches.Declared;
using OpsBot.Watches.Desk;

namespace OpsBot.Tests.Watches;

/// <summary>What is kept of training jobs, and what their watches make of it.</summary>
public sealed class TrainingJobTests : StoredWatchStage
{
    private ITrainingJobs Jobs => Stored.Store.Get<ITrainingJobs>();

    [Fact]
    public async Task A_job_stands_where_its_sender_last_said_and_what_comes_late_moves_nothing()
    {
        await ReportAsync(Job("ci/1", TrainingJobStatus.Queued, said: 0));
        var since = Now;
        Stored.Store.Clock.Advance(TimeSpan.FromMinutes(1));
        await ReportAsync(Job("ci/1", TrainingJobStatus.Queued, said: 0));
        (await FindAsync("ci/1")).StatusAt.ShouldBe(since, "it stood there before");
        await ReportAsync(Job("ci/1", TrainingJobStatus.Running, said: 60) with { StartedAt = Some.WatchBegan.AddSeconds(60), Gpus = 8 });
        (await FindAsync("ci/1")).ShouldSatisfyAllConditions(
            job => job.Status.ShouldBe(TrainingJobStatus.Running), job => job.StatusAt.ShouldBe(Now), job => job.Gpus.ShouldBe(8),
            job => job.StartedAt.ShouldBe(Some.WatchBegan.AddSeconds(60)));
        await ReportAsync(Job("ci/1", TrainingJobStatus.Failed, said: 90) with { EndedAt = Some.WatchBegan.AddSeconds(90) });
        await ReportAsync(Job("ci/1", TrainingJobStatus.Running, said: 60));
        await ReportAsync(Job("ci/1", TrainingJobStatus.Unknown, said: 99));
        (await FindAsync("ci/1")).ShouldSatisfyAllConditions(
            job => job.IsOver.ShouldBeTrue(), job => job.EndedAt.ShouldBe(Some.WatchBegan.AddSeconds(90)), job => job.Gpus.ShouldBe(8));
        await ReportAsync(Job("ci/1", TrainingJobStatus.Running, said: 120) with { StartedAt = Some.WatchBegan.AddSeconds(120) });
        (await FindAsync("ci/1")).ShouldSatisfyAllConditions(
            job => job.EndedAt.ShouldBeNull(), job => job.StartedAt.ShouldBe(Some.WatchBegan.AddSeconds(60), "when it first ran"));
    }

    [Fact]
    public async Task A_short_key_that_two_clusters_have_is_both_and_a_whole_one_is_its_own()
    {
        foreach (var key in new[] { "ci/4711", "gpu/4711", "gpu/4712" })
            await ReportAsync(Job(key, TrainingJobStatus.Running, said: 0));
        (await Jobs.NamedAsync("4711", Token)).Select(job => job.Key).ShouldBe(["gpu/4711", "ci/4711"]);
        (await Jobs.NamedAsync("ci/4711", Token)).ShouldHaveSingleItem().Key.ShouldBe("ci/4711");
        (await Jobs.NamedAsync("4713", Token)).ShouldBeEmpty();
        var asked = Should.Throw<FormatException>(() => KnownJob.Among(Jobs.NamedAsync("4711", Token).Result, "4711"));
        asked.Message.ShouldBe("4711 is 'gpu/4711' (slurm, ranker) and 'ci/4711' (slurm, ranker); say which");
    }

    [Fact]
    public async Task A_declared_watch_that_a_person_begins_by_a_number_of_two_clusters_asks_which_and_knows_the_rest_of_the_one_that_is_said()
    {
        foreach (var key in new[] { "ci/4711", "gpu/4711" })
            await ReportAsync(Job(key, TrainingJobStatus.Running, said: 0));
        var one = Declaration();
        var declared = Declared(one);
        WatchAnswer? answer = null;
        async Task StartAsync(string job) => await Stored.InAsync(async scope => answer = await declared.StartAsync(one, "ana", new Dictionary<string, string?> { ["job"] = job }, null, null, scope));
        await StartAsync("4711");
        answer!.Accepted.ShouldBeFalse();
        answer.Text.ShouldStartWith("'ranker' does not begin: 4711 is 'gpu/4711' (slurm, ranker) and 'ci/4711' (slurm, ranker); say which.");
        await StartAsync("ci/4711");
        answer.Accepted.ShouldBeTrue(answer.Text);
        answer.Watch!.ShouldSatisfyAllConditions(
            watch => watch.Subject.ShouldBe("ci/4711"), watch => watch.Title.ShouldBe("ranker: ranker"), watch => watch.Environment.ShouldBe("gpu"),
            watch => watch.Spec.ShouldContain("\"job\":\"4711\""));
    }

    [Fact]
    public async Task What_became_of_earlier_runs_of_the_same_job_is_told_to_the_next_ones_judge()
    {
        var declared = Declared(Declaration());
        double[] curve = [.. Enumerable.Range(1, 40).Select(step => 0.7 - (0.2 * Math.Exp(-step / 6.0)))];
        for (var run = 1; run <= 5; run++)
        {
            // in the last ones a late step brings it, which nobody sees coming from the curve alone
            var reaches = run is 2 or 3 or 4;
            await ReportAsync(Job($"ci/{run}", TrainingJobStatus.Running, said: run * 60), declared);
            Run.Then(ScriptedRun.Points(1, curve[..20]));
            await TickAsync();
            Chances.Add((await NewestAsync()).Reading.PReach!.Value);
            Run.Then(ScriptedRun.Points(21, [.. curve[20..].Select((value, i) => reaches && i > 10 ? 0.8 : value)]));
            await NextAsync();
            await ReportAsync(Job($"ci/{run}", TrainingJobStatus.Succeeded, said: (run * 60) + 30) with { EndedAt = Now }, declared);
            await NextAsync();
            (await NewestAsync()).Verdict!.Outcome.ShouldBe(reaches ? WatchOutcome.Good : WatchOutcome.Bad);
        }

        var kept = await FindAsync("ci/3");
        kept.ShouldSatisfyAllConditions(job => job.Verdict!.Outcome.ShouldBe(WatchOutcome.Good), job => job.Curve!.Values.Max().ShouldBe(0.8), job => job.WatchId.ShouldBe(3));
        Chances[1].ShouldBeLessThan(Chances[0], "the first one fell short");
        Chances[2].ShouldBeGreaterThan(Chances[1], "then one reached it");
        Chances[4].ShouldBeGreaterThan(Chances[2]);
        Chances[4].ShouldBeGreaterThan(0.5);
    }

    [Fact]
    public async Task Runs_of_another_user_name_or_sender_are_no_earlier_runs()
    {
        foreach (var (job, i) in new[]
        {
            Job("ci/1", TrainingJobStatus.Succeeded, 0), Job("ci/2", TrainingJobStatus.Succeeded, 0) with { User = "bo" }, Job("ci/3", TrainingJobStatus.Succeeded, 0) with { Name = "other" },
            Job("ci/4", TrainingJobStatus.Succeeded, 0) with { Source = "kubeflow" }, Job("ci/5", TrainingJobStatus.Succeeded, 0) with { User = null },
        }.Select((job, i) => (job, i)))
        {
            await ReportAsync(job);
            await Stored.InAsync(scope => TrainingJobTable.EndedAsync(
                scope.Transaction, new TrainingJobId(job.Source, job.JobKey), i, null, new WatchVerdict(WatchOutcome.Bad, "", Now), new TrainingCurve("auc", [1], [0.5])));
        }

        await ReportAsync(Job("ci/9", TrainingJobStatus.Running, 0));
        (await Jobs.EarlierAsync(await FindAsync("ci/9"), "auc", 10, Token)).Select(job => job.Key).ShouldBe(["ci/5", "ci/1"]);
        (await Jobs.EarlierAsync(await FindAsync("ci/9"), "loss", 10, Token)).ShouldBeEmpty();
        (await Jobs.EarlierAsync(await FindAsync("ci/9"), "auc", 1, Token)).ShouldHaveSingleItem();
    }

    private List<double> Chances { get; } = [];

    private async Task<Watch> NewestAsync() => (await Reader.ListAsync([], 1, Token))[0];

    private async Task<TrainingJob> FindAsync(string key) => (await Jobs.FindAsync(new TrainingJobId("slurm", key), Token)).ShouldNotBeNull();

    private Task ReportAsync(TrainingJobReported job, DeclaredWatches? declared = null) => Stored.InAsync(
        scope => declared is null ? TrainingJobTable.ReportedAsync(scope.Transaction, job, scope.Now) : declared.TakeAsync(job, scope));

    private static WatchDeclaration Declaration() => new()
    {
        Name = "ranker",
        Training = new TrainingOptions { Metric = "auc", Target = 0.78, BudgetSteps = 40, Curve = new CurveSourceOptions() },
        Start = new StartOptions { Event = new JobEventOptions { Jobs = ["rank*"] } },
    };

    private static TrainingJobReported Job(string key, TrainingJobStatus status, int said) => new()
    {
        Source = "slurm",
        Event = "squeue --json",
        JobKey = key,
        Status = status,
        Name = "ranker",
        User = "ada",
        Environment = "gpu",
        OccurredAt = Some.WatchBegan.AddSeconds(said),
    };
}
