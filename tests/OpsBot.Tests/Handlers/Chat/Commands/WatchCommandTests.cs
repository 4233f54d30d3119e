using Microsoft.Extensions.DependencyInjection;
using OpsBot.Chat.Manners;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Watches;
using OpsBot.Evidence.Training;
using OpsBot.Evidence.Training.Logs;
using OpsBot.Storage.Messages;
using OpsBot.Storage.Watches;
using OpsBot.Tests.Support;
using OpsBot.Watches.Declared;
using OpsBot.Watches.Training;

namespace OpsBot.Tests.Handlers.Chat.Commands;

public sealed class WatchCommandTests : IAsyncDisposable
{
    private readonly CommandStage _stage = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IWatchReader Watches => _stage.Actions.Get<IWatchReader>();

    [Fact]
    public async Task A_person_begins_changes_and_ends_a_watch_and_the_audit_has_it()
    {
        var begun = await _stage.SayAsync("ana", "watch `rate(errors[5m])` < 0.01 every 1m for 1h env Staging", thread: null);
        begun.Text.ShouldStartWith("WATCH-1 watches rate(errors[5m]) < 0.01, every 60 s for 60 min.");
        (await Watches.FindAsync(1, Token)).ShouldNotBeNull().ShouldSatisfyAllConditions(
            watch => watch.Owner.ShouldBe("ana"), watch => watch.Environment.ShouldBe("staging"), watch => watch.Place!.Channel.ShouldBe("C1"), watch => watch.AttachedTo.ShouldBeNull());
        (await _stage.SayAsync("ana", "watch list", thread: null)).Text.ShouldStartWith("WATCH-1 running: rate(errors[5m]) < 0.01: nothing seen yet; ends");
        (await _stage.SayAsync("ben", "watch pause WATCH-1", thread: null)).Text.ShouldStartWith("WATCH-1 is paused by Ben");
        (await _stage.SayAsync("ben", "watch pause WATCH-1", thread: null)).Text.ShouldBe("WATCH-1 is paused already.");
        (await _stage.SayAsync("ben", "watch resume watch-1", thread: null)).Text.ShouldStartWith("WATCH-1 goes on");
        (await _stage.SayAsync("ben", "watch extend 1 30m", thread: null)).Text.ShouldContain("is extended by Ben to");
        (await _stage.SayAsync("ben", "watch extend 1 50w", thread: null)).Text.ShouldContain("31 days at most");
        (await _stage.SayAsync("ana", "watch show WATCH-1", thread: null)).Text.ShouldContain("begun by ana");
        (await _stage.SayAsync("ana", "watch stop WATCH-1 done with it", thread: null)).Text.ShouldStartWith("WATCH-1 is stopped by Ana: done with it");
        (await _stage.SayAsync("ana", "watch resume WATCH-1", thread: null)).Text.ShouldStartWith("WATCH-1 has ended");
        (await _stage.SayAsync("ana", "watch list", thread: null)).Text.ShouldStartWith("Nothing is watched.");
        (await _stage.SayAsync("ana", "watch list all", thread: null)).Text.ShouldContain("WATCH-1 ended");
        (await _stage.AuditAsync()).Where(row => row.Kind.StartsWith("watch-", StringComparison.Ordinal)).Select(row => row.Kind)
            .ShouldBe(["watch-stop", "watch-extend", "watch-resume", "watch-pause", "watch-started"]);
    }

    [Fact]
    public async Task In_the_thread_of_an_incident_it_is_attached_to_it()
    {
        await _stage.OpenAsync(Some.Alert());
        await _stage.ThreadAsync();
        (await _stage.SayAsync("ana", "watch `errors` < 1 for 1h")).Text.ShouldEndWith("What it finds is said here.");
        var watch = (await Watches.FindAsync(1, Token))!;
        watch.AttachedTo.ShouldBe(1);
        var detail = await _stage.DetailAsync();
        watch.Environment.ShouldBe(detail.Incident.Environment);
        detail.Watches.ShouldHaveSingleItem().Name.ShouldBe("WATCH-1");
    }

    [Theory]
    [InlineData("watch `errors` < 1 for 1h")]
    [InlineData("watch start nightly")]
    public async Task What_is_not_to_be_posted_about_begins_no_watch_where_it_would_be_told_of(string text)
    {
        ChatOptions? manners = null;
        await using var stage = new CommandStage(services => services.Configure<ChatOptions>(options => manners = options)
            .Configure<WatchesOptions>(options => options.Add(new WatchDeclaration { Name = "nightly", Service = "payroll", Query = new QueryOptions { Expr = "up", Op = ">", Value = 0 } })));
        await stage.OpenAsync(Some.Alert(service: "payroll"));
        await stage.ThreadAsync();
        (await stage.SayAsync("ana", text)).Text.ShouldStartWith("WATCH-1 watches");

        manners!.DoNotPostAbout = ["pay*"];
        var said = await stage.SayAsync("ana", text);
        (said.OnlyAsker, said.Text).ShouldBe((true, "What it watches is not told of here, so it did not begin; say it on the console, which shows everything."));
        (await stage.Actions.Get<IWatchReader>().ListAsync([WatchStatus.Running], 10, Token)).Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("watch `up` < 1 for 1h")]
    [InlineData("watch pause WATCH-1")]
    [InlineData("watch stop WATCH-1")]
    [InlineData("watch start anything")]
    [InlineData("watch canary checkout")]
    [InlineData("watch job 4711 auc >= 0.78")]
    public async Task Somebody_whom_nobody_named_begins_and_changes_nothing(string text)
    {
        await _stage.SayAsync("ana", "watch `errors` < 1 for 1h", thread: null);
        var answer = await _stage.SayAsync("mallory", text, thread: null);
        answer.Text.ShouldContain("Nobody named you");
        (await Watches.ListAsync([WatchStatus.Running], 10, Token)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_number_that_two_clusters_have_is_asked_back_and_a_job_that_is_followed_has_a_thread_of_its_own()
    {
        await using var stage = new CommandStage(services => services
            .AddSingleton<ICurveSources>(new ScriptedRun())
            .Configure<WatchesOptions>(options => options.Add(new WatchDeclaration { Name = "ranker", Training = new TrainingOptions { Curve = new CurveSourceOptions { Log = new JobLogOptions { Path = "/runs/{job}.log" } } } })));
        foreach (var key in new[] { "ci/4711", "gpu/4711" })
        {
            await stage.Actions.Get<Outbox>().CommitAsync(
                async scope =>
                {
                    await TrainingJobTable.ReportedAsync(
                        scope.Transaction, new TrainingJobReported { Source = "slurm", Event = "", JobKey = key, Status = TrainingJobStatus.Running, Name = "ranker" }, scope.Now);
                    return true;
                },
                Token);
        }

        var asked = await stage.SayAsync("ana", "watch job 4711 auc >= 0.78", thread: null);
        (asked.OnlyAsker, asked.Text).ShouldBe((true, "That cannot be watched: 4711 is 'gpu/4711' (slurm, ranker) and 'ci/4711' (slurm, ranker); say which."));
        (await stage.SayAsync("ana", "watch follow job ci/4711 auc >= 0.78", thread: null)).Text.ShouldEndWith("Its thread shows how it goes; how it ends is said here too.");
        (await stage.Actions.Get<IWatchReader>().ListAsync([], 10, Token)).ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            watch => watch.Subject.ShouldBe("ci/4711"), watch => watch.OwnThread.ShouldBeTrue(), watch => watch.Title.ShouldBe("job 4711: auc >= 0.78"));
    }

    [Theory]
    [InlineData("watch show WATCH-9", "There is no WATCH-9")]
    [InlineData("watch pause nightly", "'nightly' is no watch")]
    [InlineData("watch start nightly", "The configuration declares no watches")]
    [InlineData("watch canary checkout", "Nobody said what a canary of 'checkout' is compared by")]
    [InlineData("watch `up` < 1 every 1s for 1h", "every 5 s at most")]
    [InlineData("watch `up` < 1 every 1h for 1m", "over before its second look")]
    [InlineData("watch job 4711 auc >= 0.78", "nobody said where the metrics of jobs are")]
    public async Task What_cannot_be_done_is_answered_with_why(string text, string expected) =>
        (await _stage.SayAsync("ana", text, thread: null)).ShouldSatisfyAllConditions(answer => answer.Text.ShouldContain(expected), answer => answer.OnlyAsker.ShouldBeTrue());

    public ValueTask DisposeAsync() => _stage.DisposeAsync();
}
