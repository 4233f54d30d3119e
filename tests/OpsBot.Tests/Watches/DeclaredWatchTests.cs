using OpsBot.Contracts.Events;
using OpsBot.Contracts.Messages;
using OpsBot.Contracts.Threads;
using OpsBot.Contracts.Watches;
using OpsBot.Storage.Messages;
using OpsBot.Tests.Support;
using OpsBot.Watches.Declared;
namespace OpsBot.Tests.Watches;

/// <summary>Watches of the configuration begin with a job or by the clock, once.</summary>
public sealed class DeclaredWatchTests : StoredWatchStage
{
    [Fact]
    public async Task A_job_that_begins_to_run_begins_the_watches_that_are_declared_for_it_once()
    {
        var declared = Declared(
            Declaration("ranker", new JobEventOptions { Jobs = ["rank*"], Users = ["ada"] }), Declaration("others", new JobEventOptions { Jobs = ["other*"] }));
        foreach (var status in new[] { TrainingJobStatus.Queued, TrainingJobStatus.Running, TrainingJobStatus.Running })
            await Stored.InAsync(scope => declared.TakeAsync(Job(status), scope));
        var watch = (await Reader.ListAsync([], 10, Token)).ShouldHaveSingleItem();
        watch.ShouldSatisfyAllConditions(
            begun => begun.Title.ShouldBe("ranker: ranker-large"), begun => begun.Subject.ShouldBe("/slurm#4711"),
            begun => begun.Spec.ShouldContain("job=\\\"4711\\\""), begun => begun.Environment.ShouldBe("gpu"));
    }

    [Theory]
    [InlineData(TrainingJobStatus.Failed, 5, 1)]
    [InlineData(TrainingJobStatus.Succeeded, 5, 1)]
    [InlineData(TrainingJobStatus.Cancelled, 5, 0)]
    [InlineData(TrainingJobStatus.Failed, 3600, 0)]
    public async Task A_job_that_was_over_before_it_was_seen_to_run_is_looked_at_once(TrainingJobStatus status, int secondsAgo, int watches)
    {
        var one = Declaration("ranker", new JobEventOptions { Jobs = ["rank*"] });
        (one.Query, one.Training) = (null, new TrainingOptions { Curve = new() });
        var declared = Declared(one, Declaration("a query has nothing more to see", new JobEventOptions { Jobs = ["rank*"] }));
        var job = Job(status) with { StartedAt = Now.AddSeconds(-secondsAgo - 1), EndedAt = Now.AddSeconds(-secondsAgo) };
        for (var i = 0; i < 2; i++)
            await Stored.InAsync(scope => declared.TakeAsync(job, scope));

        var begun = await Reader.ListAsync([], 10, Token);
        begun.Count.ShouldBe(watches);
        begun.ShouldAllBe(watch => watch.Declared == "ranker" && watch.Deadline == Now + one.Every);
    }

    [Fact]
    public async Task A_watch_of_a_query_ends_with_its_job_and_a_job_that_was_requeued_is_watched_again()
    {
        var declared = Declared(Declaration("ranker", new JobEventOptions { Jobs = ["rank*"] }));
        await Stored.InAsync(scope => declared.TakeAsync(Job(TrainingJobStatus.Running) with { StartedAt = Now }, scope));
        await TickAsync();
        Stored.Store.Clock.Advance(TimeSpan.FromSeconds(61));
        await Stored.InAsync(scope => declared.TakeAsync(Job(TrainingJobStatus.Failed) with { JobKey = "/other-cluster#4711" }, scope));
        await TickAsync();
        (await Reader.FindAsync(1, Token))!.Status.ShouldBe(WatchStatus.Running, "that is another cluster's job");
        await Stored.InAsync(scope => declared.TakeAsync(Job(TrainingJobStatus.Failed), scope));
        Stored.Store.Clock.Advance(TimeSpan.FromSeconds(61));
        await TickAsync();
        (await Reader.FindAsync(1, Token))!.Status.ShouldBe(WatchStatus.Ended);

        await Stored.InAsync(scope => declared.TakeAsync(Job(TrainingJobStatus.Running) with { StartedAt = Some.WatchBegan }, scope));
        (await Reader.ListAsync([], 10, Token)).Count.ShouldBe(1, "that report is late");
        for (var i = 0; i < 2; i++)
            await Stored.InAsync(scope => declared.TakeAsync(Job(TrainingJobStatus.Running) with { StartedAt = Now.AddSeconds(1) }, scope));
        (await Reader.ListAsync([], 10, Token)).Count.ShouldBe(2);
        await Stored.InAsync(scope => declared.TakeAsync(Job(TrainingJobStatus.Succeeded) with { StartedAt = Now.AddSeconds(1) }, scope));
        (await Reader.ListAsync([], 10, Token)).Single(watch => watch.Id != 1).Deadline.ShouldBe(Now);
    }

    [Fact]
    public async Task The_channel_that_a_declaration_names_hears_how_it_ends_and_whoever_asks_hears_it_where_they_asked()
    {
        var one = Declaration("ranker", new JobEventOptions { Jobs = ["rank*"] });
        one.Tell = "teams:19:abc@thread.tacv2";
        var declared = Declared(one);
        await Stored.InAsync(scope => declared.TakeAsync(Job(TrainingJobStatus.Running), scope));
        await Stored.InAsync(scope => declared.StartAsync(one, "ana", new Dictionary<string, string?> { ["job"] = "7" }, null, new ChatPlace("slack", "C1"), scope));
        (await Reader.ListAsync([], 10, Token)).OrderBy(watch => watch.Id).Select(watch => watch.Place).ShouldBe([new("teams", "19:abc@thread.tacv2"), new("slack", "C1")]);
    }

    [Theory]
    [InlineData("4711\"} or up{a=\"")]
    [InlineData("../../etc/passwd")]
    [InlineData("")]
    public async Task What_an_event_says_cannot_become_part_of_a_query(string key)
    {
        var declared = Declared(Declaration("ranker", new JobEventOptions()));
        await Stored.InAsync(scope => declared.TakeAsync(Job(TrainingJobStatus.Running) with { JobKey = $"/slurm#{key}" }, scope));
        (await Reader.ListAsync([], 10, Token)).Where(watch => watch.Spec.Contains("or up", StringComparison.Ordinal) || watch.Spec.Contains("..", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_cron_begins_its_watch_at_its_time_and_sets_the_next_one()
    {
        var one = Declaration("nightly", null);
        (one.Query!.Expr, one.Start.Cron) = ("up", "0 0 4 * * ?");
        var declared = Declared(one);
        var keeper = new WatchKeeper(declared, Stored.Store.Get<Outbox>());
        for (var i = 0; i < 3; i++)
            await keeper.KeepAsync(Token);
        (await Pending()).ShouldBe(1);
        (await DueAsync(declared)).ShouldBe(0);
        Stored.Store.Clock.Advance(TimeSpan.FromHours(1));
        (await DueAsync(declared)).ShouldBe(1);
        (await Reader.ListAsync([], 10, Token)).ShouldHaveSingleItem().Subject.ShouldBe("2026-01-05T04:00:00Z");
        Stored.Store.Clock.Advance(TimeSpan.FromDays(1));
        (await DueAsync(declared)).ShouldBe(1);
        (await Reader.ListAsync([], 10, Token)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Another_time_zone_is_another_time()
    {
        var one = Declaration("nightly", null);
        (one.Query!.Expr, one.Start.Cron) = ("up", "0 0 4 * * ?");
        var declared = Declared(one);
        await new WatchKeeper(declared, Stored.Store.Get<Outbox>()).KeepAsync(Token);
        one.Start.TimeZone = "America/New_York";
        await new WatchKeeper(declared, Stored.Store.Get<Outbox>()).KeepAsync(Token);
        Stored.Store.Clock.Advance(TimeSpan.FromHours(1));
        await DueAsync(declared);
        (await Reader.ListAsync([], 10, Token)).ShouldBeEmpty("four o'clock is five hours later now");
        Stored.Store.Clock.Advance(TimeSpan.FromHours(5));
        await DueAsync(declared);
        (await Reader.ListAsync([], 10, Token)).ShouldHaveSingleItem().Subject.ShouldBe("2026-01-05T09:00:00Z");
    }

    private static WatchDeclaration Declaration(string name, JobEventOptions? of) => new()
    {
        Name = name,
        Query = new QueryOptions { Expr = "loss{job=\"{job}\"}", Op = "<", Value = 10 },
        Start = new StartOptions { Event = of },
    };

    private static TrainingJobReported Job(TrainingJobStatus status) => new()
    {
        Source = "cloudevents",
        Event = "opsbot.training.v1",
        JobKey = "/slurm#4711",
        Status = status,
        Name = "ranker-large",
        User = "ada",
        Environment = "gpu",
    };

    private async Task<int> DueAsync(DeclaredWatches declared)
    {
        var rows = await Stored.Store.ClaimAsync(StartWatch.Kind);
        foreach (var row in rows)
            await Stored.Store.Handling.HandleAsync<StartWatch>(row.Id, row.LeaseToken, (timer, _) => Task.FromResult<Effect>(scope => declared.DueAsync(timer, scope)), Token);
        return rows.Count;
    }
}
