using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Messages;
using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Threads;
using OpsBot.Contracts.Watches;
using OpsBot.Runtime.Redaction;
using OpsBot.Storage.Engine;
using OpsBot.Storage.Messages;
using OpsBot.Storage.Watches;
using OpsBot.Tests.Support;
using OpsBot.Watches.Declared;
using OpsBot.Watches.Desk;
using OpsBot.Watches.Queries;
using OpsBot.Watches.Ticks;

namespace OpsBot.Tests.Watches;

/// <summary>Watches over a real store, on both engines: the row, its one timer, and who may change them when.</summary>
public sealed class StoredWatchTests : IAsyncDisposable
{
    private readonly StoredDesk _desk = new();
    private readonly ScriptedMetrics _metrics = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IWatchReader Reader => _desk.Store.Get<IWatchReader>();

    private DateTimeOffset Now => _desk.Store.Clock.GetUtcNow();

    [Fact]
    public async Task A_watch_is_one_row_and_its_timer_is_one_row_that_is_due_again_and_again()
    {
        var watch = await BeginAsync();
        for (var tick = 1; tick <= 5; tick++)
        {
            (await TickAsync()).ShouldBe(1);
            (await TickAsync()).ShouldBe(0, "the next one is not due yet");
            _desk.Store.Clock.Advance(TimeSpan.FromMinutes(1));
            var now = (await Reader.FindAsync(watch.Id, Token))!;
            now.Tick.ShouldBe(tick);
            now.NextDueAt.ShouldBe(Some.WatchBegan.AddMinutes(tick));
        }

        (await _desk.Store.ScalarAsync("select count(*) from messages")).ShouldBe(1);
        (await _desk.Store.ScalarAsync("select count(*) from messages where handled_at is null and attempts = 0 and abandoned = 0")).ShouldBe(1);
    }

    [Fact]
    public async Task After_an_outage_there_is_one_tick_and_not_a_hundred()
    {
        var watch = await BeginAsync(Some.Watch() with { Deadline = Some.WatchBegan.AddHours(8) });
        await TickAsync();
        _desk.Store.Clock.Advance(TimeSpan.FromMinutes(100));
        (await TickAsync()).ShouldBe(1);
        (await TickAsync()).ShouldBe(0);
        var now = (await Reader.FindAsync(watch.Id, Token))!;
        now.Tick.ShouldBe(2);
        now.Missed.ShouldBe(99);
        (await Reader.FindingsAsync(watch.Id, 10, Token)).ShouldHaveSingleItem().Kind.ShouldBe("late");
    }

    [Fact]
    public async Task A_tick_whose_lease_was_lost_changes_nothing_and_the_next_owner_does_it_once()
    {
        var watch = await BeginAsync();
        var row = (await _desk.Store.ClaimAsync(WatchTick.Kind)).ShouldHaveSingleItem();
        _metrics.Meanwhile = async () =>
        {
            // silent for too long: somebody else has it meanwhile, and is done
            await _desk.Store.LapseAsync(row.Id);
            await _desk.Store.Queue.FreeAbandonedAsync(Token);
            await TickAsync();
        };
        await HandleAsync(row);
        (await Reader.FindAsync(watch.Id, Token))!.Tick.ShouldBe(1);
        _metrics.Asked.ShouldBe(2, "looking may happen twice, a tick not");
        (await _desk.Store.ScalarAsync("select abandoned from messages")).ShouldBe(0, "a tick that was done has no past");
    }

    [Fact]
    public async Task A_watch_that_was_paused_during_a_look_stays_paused_and_its_old_timer_is_nobodys()
    {
        var watch = await BeginAsync();
        _metrics.Meanwhile = () => ChangeAsync((desk, scope) => desk.PauseAsync(watch.Id, "Ana", scope));
        await TickAsync();
        (await Reader.FindAsync(watch.Id, Token))!.ShouldSatisfyAllConditions(now => now.Status.ShouldBe(WatchStatus.Paused), now => now.Tick.ShouldBe(0));
        (await Pending()).ShouldBe(1, "the end of its time");
        await ChangeAsync((desk, scope) => desk.ResumeAsync(watch.Id, "Ana", scope));
        (await TickAsync()).ShouldBe(1);
        (await Reader.FindAsync(watch.Id, Token))!.Tick.ShouldBe(1);
        (await DueNow()).ShouldBe(0);
        (await NextAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task A_watch_that_is_paused_when_its_time_is_over_ends_undecided_and_one_that_is_extended_ends_later()
    {
        var watch = await BeginAsync(Some.Watch() with { Place = new ChatPlace("slack", "C1", "t1") });
        await TickAsync();
        await ChangeAsync((desk, scope) => desk.PauseAsync(watch.Id, "Ana", scope));
        await ChangeAsync((desk, scope) => desk.ExtendAsync(watch.Id, TimeSpan.FromHours(1), "Ana", scope));
        _desk.Store.Clock.Advance(TimeSpan.FromMinutes(61));
        await TickAsync();
        (await Reader.FindAsync(watch.Id, Token))!.Status.ShouldBe(WatchStatus.Paused);
        _desk.Store.Clock.Advance(TimeSpan.FromHours(1));
        await TickAsync();
        (await Reader.FindAsync(watch.Id, Token))!.ShouldSatisfyAllConditions(
            end => end.Status.ShouldBe(WatchStatus.Ended), end => end.Verdict!.Outcome.ShouldBe(WatchOutcome.Unknown), end => end.Tick.ShouldBe(1),
            end => end.Verdict!.Text.ShouldStartWith("its time was over while it was paused"));
        (await RowsAsync<PostAnswer>()).ShouldHaveSingleItem().Text.ShouldContain("while it was paused");
        (await Pending()).ShouldBe(1, "the answer");
    }

    [Fact]
    public async Task Pausing_and_resuming_over_and_over_leaves_one_beat()
    {
        var watch = await BeginAsync();
        await TickAsync();
        for (var i = 0; i < 3; i++)
        {
            await ChangeAsync((desk, scope) => desk.PauseAsync(watch.Id, "Ana", scope));
            await ChangeAsync((desk, scope) => desk.ResumeAsync(watch.Id, "Ana", scope));
        }

        _desk.Store.Clock.Advance(TimeSpan.FromMinutes(1));
        while (await TickAsync() > 0)
        {
        }

        (await Reader.FindAsync(watch.Id, Token))!.Tick.ShouldBe(2);
        (await NextAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task A_watch_that_is_extended_during_its_last_look_goes_on()
    {
        var watch = await BeginAsync();
        _desk.Store.Clock.Advance(TimeSpan.FromHours(1));
        _metrics.Meanwhile = () => ChangeAsync((desk, scope) => desk.ExtendAsync(watch.Id, TimeSpan.FromHours(1), "Ana", scope));
        await TickAsync();
        (await Reader.FindAsync(watch.Id, Token))!.Status.ShouldBe(WatchStatus.Running);
        (await TickAsync()).ShouldBe(1, "what it saw was for the old end; it looks again at once");
        var now = (await Reader.FindAsync(watch.Id, Token))!;
        (now.Status, now.Tick, now.Deadline).ShouldBe((WatchStatus.Running, 1, Some.WatchBegan.AddHours(2)));
        (await Pending()).ShouldBe(1);
    }

    [Fact]
    public async Task What_is_wrong_is_an_alert_and_what_is_right_again_resolves_it()
    {
        _metrics.Then(1, 20, 1);
        var watch = await BeginAsync();
        await TickAsync();
        (await AlertsAsync()).ShouldBeEmpty();
        await NextAsync();
        var fired = (await AlertsAsync()).ShouldHaveSingleItem();
        fired.ShouldSatisfyAllConditions(
            alert => alert.Status.ShouldBe(AlertStatus.Firing), alert => alert.IncidentKey.ShouldBe("watch/1"), alert => alert.Environment.ShouldBe("prod"),
            alert => alert.Title.ShouldBe("errors: 20, wanted < 10"));
        await _desk.TakeAsync(fired);
        (await Reader.IncidentOfAsync(watch.Id, Token)).ShouldBe(1);
        await NextAsync();
        (await AlertsAsync())[^1].Status.ShouldBe(AlertStatus.Resolved);
        await NextAsync();
        (await AlertsAsync()).Count.ShouldBe(2, "what did not move is not told again");
    }

    [Fact]
    public async Task The_verdict_is_said_in_the_thread_of_the_watch_once()
    {
        _metrics.Then(20, 1);
        await BeginAsync();
        await TickAsync();
        await _desk.TakeAsync(await AlertsAsync());
        _desk.Store.Clock.Advance(TimeSpan.FromHours(2));
        await TickAsync();
        var said = (await RowsAsync<PostReply>()).Where(reply => reply.DeliveryId.Contains("WATCH-1", StringComparison.Ordinal)).ToList();
        said.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            reply => reply.DeliveryId.ShouldBe("INC-1/WATCH-1/verdict"), reply => reply.Text.ShouldStartWith("WATCH-1 (errors) ended: it did not hold at 1 of 2 looks"));
        (await TickAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task A_verdict_that_comes_with_what_is_wrong_is_said_once_the_incident_has_its_thread()
    {
        _metrics.Then(20);
        await BeginAsync(Some.Watch(until: true));
        _desk.Store.Clock.Advance(TimeSpan.FromHours(2));
        await TickAsync();
        (await RowsAsync<PostReply>()).ShouldBeEmpty();
        var fired = (await AlertsAsync()).ShouldHaveSingleItem();
        await _desk.TakeAsync(fired);
        for (var i = 0; i < 2; i++)
            await _desk.InAsync(scope => WatchNews.TellLateAsync(fired with { Status = i == 0 ? AlertStatus.Firing : AlertStatus.Resolved }, scope));
        (await RowsAsync<PostReply>()).Where(reply => reply.DeliveryId.Contains("WATCH-1", StringComparison.Ordinal)).ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            reply => reply.DeliveryId.ShouldBe("INC-1/WATCH-1/verdict"), reply => reply.Text.ShouldStartWith("WATCH-1 (errors) ended: not reached"));
    }

    [Fact]
    public async Task Whoever_asked_is_told_the_verdict_there_though_the_watch_has_a_thread_of_its_own()
    {
        _metrics.Then(20);
        await BeginAsync(Some.Watch() with { Place = new ChatPlace("slack", "C1", "t1") });
        await TickAsync();
        await _desk.TakeAsync(await AlertsAsync());
        _desk.Store.Clock.Advance(TimeSpan.FromHours(2));
        await TickAsync();
        (await RowsAsync<PostAnswer>()).ShouldHaveSingleItem().Text.ShouldStartWith("WATCH-1 (errors) ended: it did not hold");
        (await RowsAsync<PostReply>()).Count(reply => reply.DeliveryId == "INC-1/WATCH-1/verdict").ShouldBe(1);
    }

    [Fact]
    public async Task However_often_a_watch_is_extended_what_it_found_long_ago_is_forgotten()
    {
        var watch = await BeginAsync();
        await _desk.InAsync(async scope =>
        {
            for (var tick = 0; tick < 3000; tick++)
                await WatchTable.AddFindingsAsync(scope.Transaction, watch.Id, [new WatchFinding(tick, "violated", WatchChange.Began, Now, "x")]);
        });
        (await _desk.Store.ScalarAsync("select count(*) from watch_findings")).ShouldBe(1001);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_leaves_turns_to_the_watches_of_others()
    {
        var spec = Some.Watch().Spec.Replace("\"source\":null", "\"source\":\"slow\"", StringComparison.Ordinal);
        for (var i = 0; i < 100; i++)
            await BeginAsync(Some.Watch() with { Title = $"slow {i}", Spec = spec });
        var other = await BeginAsync(Some.Watch() with { Title = "other" });
        var server = new OneSlowServer();
        var ticker = NewTicker(server);
        var ticks = Enumerable.Range(1, 100).Select(id => ticker.TickAsync(new WatchTick(id, 0), Token)).ToList();
        while (ticks.Count(tick => tick.IsCompleted) < 52)
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Token);
        server.Slow.ShouldBe(48, "three quarters of 64 may wait for one, and the others come again later");
        await ticker.TickAsync(new WatchTick(other.Id, 0), Token);
        server.Others.ShouldBe(1);
        server.Answers.SetResult();
        await Task.WhenAll(ticks);
    }

    [Fact]
    public async Task Where_all_was_well_the_verdict_is_said_where_the_watch_was_asked_for()
    {
        await BeginAsync(Some.Watch() with { Place = new ChatPlace("slack", "C1", "t1"), Service = "checkout" });
        _desk.Store.Clock.Advance(TimeSpan.FromHours(2));
        await TickAsync();
        (await AlertsAsync()).ShouldBeEmpty();
        (await RowsAsync<PostAnswer>()).ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            answer => answer.Place.ShouldBe(new ChatPlace("slack", "C1", "t1")), answer => answer.About.ShouldBe(["checkout"]), answer => answer.Text.ShouldStartWith("WATCH-1 (errors) ended: it held at all"));
    }

    [Fact]
    public async Task In_the_thread_of_another_incident_it_speaks_a_few_times_at_most_and_tells_its_verdict()
    {
        await _desk.TakeAsync(Some.Alert());
        var values = Enumerable.Range(0, 30).Select(i => i % 2 == 0 ? 20.0 : 1).ToArray();
        _metrics.Then(values);
        await BeginAsync(Some.Watch() with { AttachedTo = 1 });
        await TickAsync();
        for (var i = 0; i < 62; i++)
            await NextAsync();
        (await AlertsAsync()).Where(alert => alert.Source == WatchNames.AlertSource).ShouldBeEmpty();
        var said = (await RowsAsync<PostReply>()).Where(reply => reply.DeliveryId.Contains("WATCH-1", StringComparison.Ordinal)).ToList();
        said.Count.ShouldBe(WatchNews.Replies + 1);
        said[^1].DeliveryId.ShouldEndWith("/verdict");
    }

    [Fact]
    public async Task A_person_ends_a_watch_and_its_alert_with_it()
    {
        _metrics.Then(20);
        var watch = await BeginAsync();
        await TickAsync();
        var answer = await ChangeAsync((desk, scope) => desk.StopAsync(watch.Id, "Ana", "wrong query", scope));
        answer.Text.ShouldBe("WATCH-1 is stopped by Ana: wrong query; last seen: 20, wanted < 10");
        (await AlertsAsync()).Select(alert => alert.Status).ShouldBe([AlertStatus.Firing, AlertStatus.Resolved]);
        _desk.Store.Clock.Advance(TimeSpan.FromMinutes(5));
        await TickAsync();
        (await Reader.FindAsync(watch.Id, Token))!.ShouldSatisfyAllConditions(now => now.Tick.ShouldBe(1), now => now.Status.ShouldBe(WatchStatus.Ended));
        (await ChangeAsync((desk, scope) => desk.ResumeAsync(watch.Id, "Ana", scope))).Accepted.ShouldBeFalse();
        (await Pending()).ShouldBe(2, "the alert's two events and no timer");
    }

    [Theory]
    [InlineData(1, 60, "every 5 s at most")]
    [InlineData(60, 30, "over before its second look")]
    [InlineData(60, 60 * 60 * 24 * 40, "31 days at most")]
    public async Task What_could_not_be_watched_is_refused(int every, int seconds, string expected) =>
        (await ChangeAsync((desk, scope) => desk.StartAsync(Some.Watch() with { Interval = TimeSpan.FromSeconds(every), Deadline = Now.AddSeconds(seconds) }, scope)))
            .ShouldSatisfyAllConditions(answer => answer.Accepted.ShouldBeFalse(), answer => answer.Text.ShouldContain(expected));

    [Fact]
    public async Task A_watch_whose_timer_died_gets_another_and_says_so()
    {
        var watch = await BeginAsync(Some.Watch() with { Deadline = Some.WatchBegan.AddHours(8) });
        await _desk.Store.ScalarAsync("update messages set dead_at = 1; select 1");
        _desk.Store.Clock.Advance(TimeSpan.FromMinutes(10));
        var keeper = new WatchKeeper(Declared(), _desk.Store.Get<Outbox>());
        (await keeper.KeepAsync(Token)).ShouldBe(1);
        (await keeper.KeepAsync(Token)).ShouldBe(0);
        (await TickAsync()).ShouldBe(1);
        (await Reader.FindAsync(watch.Id, Token))!.Tick.ShouldBe(1);
        (await Reader.FindingsAsync(watch.Id, 10, Token)).Select(found => found.Kind).ShouldBe(["late", "timer-lost"]);
    }

    [Fact]
    public async Task A_job_that_begins_to_run_begins_the_watches_that_are_declared_for_it_once()
    {
        var declared = Declared(
            Declaration("ranker", new JobEventOptions { Jobs = ["rank*"], Users = ["ada"] }), Declaration("others", new JobEventOptions { Jobs = ["other*"] }));
        foreach (var status in new[] { TrainingJobStatus.Queued, TrainingJobStatus.Running, TrainingJobStatus.Running })
            await _desk.InAsync(scope => declared.TakeAsync(Job(status), scope));
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
            await _desk.InAsync(scope => declared.TakeAsync(job, scope));

        var begun = await Reader.ListAsync([], 10, Token);
        begun.Count.ShouldBe(watches);
        begun.ShouldAllBe(watch => watch.Declared == "ranker" && watch.Deadline == Now + one.Every);
    }

    [Fact]
    public async Task A_watch_of_a_query_ends_with_its_job_and_a_job_that_was_requeued_is_watched_again()
    {
        var declared = Declared(Declaration("ranker", new JobEventOptions { Jobs = ["rank*"] }));
        await _desk.InAsync(scope => declared.TakeAsync(Job(TrainingJobStatus.Running) with { StartedAt = Now }, scope));
        await TickAsync();
        _desk.Store.Clock.Advance(TimeSpan.FromSeconds(61));
        await _desk.InAsync(scope => declared.TakeAsync(Job(TrainingJobStatus.Failed) with { JobKey = "/other-cluster#4711" }, scope));
        await TickAsync();
        (await Reader.FindAsync(1, Token))!.Status.ShouldBe(WatchStatus.Running, "that is another cluster's job");
        await _desk.InAsync(scope => declared.TakeAsync(Job(TrainingJobStatus.Failed), scope));
        _desk.Store.Clock.Advance(TimeSpan.FromSeconds(61));
        await TickAsync();
        (await Reader.FindAsync(1, Token))!.Status.ShouldBe(WatchStatus.Ended);

        await _desk.InAsync(scope => declared.TakeAsync(Job(TrainingJobStatus.Running) with { StartedAt = Some.WatchBegan }, scope));
        (await Reader.ListAsync([], 10, Token)).Count.ShouldBe(1, "that report is late");
        for (var i = 0; i < 2; i++)
            await _desk.InAsync(scope => declared.TakeAsync(Job(TrainingJobStatus.Running) with { StartedAt = Now.AddSeconds(1) }, scope));
        (await Reader.ListAsync([], 10, Token)).Count.ShouldBe(2);
        await _desk.InAsync(scope => declared.TakeAsync(Job(TrainingJobStatus.Succeeded) with { StartedAt = Now.AddSeconds(1) }, scope));
        (await Reader.ListAsync([], 10, Token)).Single(watch => watch.Id != 1).Deadline.ShouldBe(Now);
    }

    [Theory]
    [InlineData("4711\"} or up{a=\"")]
    [InlineData("../../etc/passwd")]
    [InlineData("")]
    public async Task What_an_event_says_cannot_become_part_of_a_query(string key)
    {
        var declared = Declared(Declaration("ranker", new JobEventOptions()));
        await _desk.InAsync(scope => declared.TakeAsync(Job(TrainingJobStatus.Running) with { JobKey = $"/slurm#{key}" }, scope));
        (await Reader.ListAsync([], 10, Token)).Where(watch => watch.Spec.Contains("or up", StringComparison.Ordinal) || watch.Spec.Contains("..", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_cron_begins_its_watch_at_its_time_and_sets_the_next_one()
    {
        var one = Declaration("nightly", null);
        (one.Query!.Expr, one.Start.Cron) = ("up", "0 0 4 * * ?");
        var declared = Declared(one);
        var keeper = new WatchKeeper(declared, _desk.Store.Get<Outbox>());
        for (var i = 0; i < 3; i++)
            await keeper.KeepAsync(Token);
        (await Pending()).ShouldBe(1);
        (await DueAsync(declared)).ShouldBe(0);
        _desk.Store.Clock.Advance(TimeSpan.FromHours(1));
        (await DueAsync(declared)).ShouldBe(1);
        (await Reader.ListAsync([], 10, Token)).ShouldHaveSingleItem().Subject.ShouldBe("2026-01-05T04:00:00Z");
        _desk.Store.Clock.Advance(TimeSpan.FromDays(1));
        (await DueAsync(declared)).ShouldBe(1);
        (await Reader.ListAsync([], 10, Token)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Another_time_zone_is_another_time()
    {
        var one = Declaration("nightly", null);
        (one.Query!.Expr, one.Start.Cron) = ("up", "0 0 4 * * ?");
        var declared = Declared(one);
        await new WatchKeeper(declared, _desk.Store.Get<Outbox>()).KeepAsync(Token);
        one.Start.TimeZone = "America/New_York";
        await new WatchKeeper(declared, _desk.Store.Get<Outbox>()).KeepAsync(Token);
        _desk.Store.Clock.Advance(TimeSpan.FromHours(1));
        await DueAsync(declared);
        (await Reader.ListAsync([], 10, Token)).ShouldBeEmpty("four o'clock is five hours later now");
        _desk.Store.Clock.Advance(TimeSpan.FromHours(5));
        await DueAsync(declared);
        (await Reader.ListAsync([], 10, Token)).ShouldHaveSingleItem().Subject.ShouldBe("2026-01-05T09:00:00Z");
    }

    public ValueTask DisposeAsync() => _desk.DisposeAsync();

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

    private DeclaredWatches Declared(params WatchDeclaration[] all)
    {
        var options = new WatchesOptions();
        options.AddRange(all);
        return new DeclaredWatches(Options.Create(options), Desk(), new NoCurves(), NullLogger<DeclaredWatches>.Instance);
    }

    private WatchDesk Desk() => new(_desk.Store.Get<ILiveUpdates>(), _desk.Store.Get<IRedactor>());

    private async Task<Watch> BeginAsync(Watch? watch = null) =>
        (await ChangeAsync((desk, scope) => desk.StartAsync(watch ?? Some.Watch(), scope))).Watch.ShouldNotBeNull();

    private async Task<WatchAnswer> ChangeAsync(Func<WatchDesk, EffectScope, Task<WatchAnswer>> change)
    {
        WatchAnswer? answer = null;
        await _desk.InAsync(async scope => answer = await change(Desk(), scope));
        return answer!;
    }

    /// <summary>Moves the clock to the next beat and does what is due then.</summary>
    private Task<int> NextAsync()
    {
        _desk.Store.Clock.Advance(TimeSpan.FromMinutes(1));
        return TickAsync();
    }

    private async Task<int> TickAsync()
    {
        var rows = await _desk.Store.ClaimAsync(WatchTick.Kind);
        foreach (var row in rows)
            await HandleAsync(row);
        return rows.Count;
    }

    private Task HandleAsync(ClaimedMessage row)
    {
        var ticker = NewTicker();
        return _desk.Store.Handling.HandleAsync<WatchTick>(row.Id, row.LeaseToken, (tick, run) => ticker.TickAsync(tick, run.CancellationToken), Token);
    }

    private Ticker NewTicker(IMetricSampler? metrics = null) => new(
        Reader, [new QueryKind(metrics ?? _metrics)], _desk.Store.Get<ILiveUpdates>(), _desk.Store.Get<IRedactor>(), new StoreClock(_desk.Store.Clock), NullLogger<Ticker>.Instance);

    private async Task<int> DueAsync(DeclaredWatches declared)
    {
        var rows = await _desk.Store.ClaimAsync(StartWatch.Kind);
        foreach (var row in rows)
            await _desk.Store.Handling.HandleAsync<StartWatch>(row.Id, row.LeaseToken, (timer, _) => Task.FromResult<Effect>(scope => declared.DueAsync(timer, scope)), Token);
        return rows.Count;
    }

    private Task<long> DueNow() => _desk.Store.ScalarAsync(FormattableString.Invariant($"select count(*) from messages where handled_at is null and dead_at is null and due_at <= {Now.ToUnixTimeMilliseconds()}"));

    private Task<long> Pending() => _desk.Store.ScalarAsync("select count(*) from messages where handled_at is null and dead_at is null");

    private Task<IReadOnlyList<AlertReported>> AlertsAsync() => RowsAsync<AlertReported>();

    private async Task<IReadOnlyList<T>> RowsAsync<T>()
        where T : class, IMessage
    {
        await using var connection = TestEngine.Open(_desk.Store.Folder);
        await using var command = connection.CreateCommand();
        command.CommandText = "select body from messages where kind = '" + T.Kind + "' order by id";
        await using var reader = await command.ExecuteReaderAsync(Token);
        var rows = new List<T>();
        while (await reader.ReadAsync(Token))
            rows.Add(System.Text.Json.JsonSerializer.Deserialize<T>(reader.GetString(0), OpsBot.Contracts.OpsBotJson.Options)!);
        return rows;
    }

    /// <summary>One of its sources answers when it is told to.</summary>
    private sealed class OneSlowServer : IMetricSampler
    {
        public TaskCompletionSource Answers { get; } = new();

        public int Slow { get; private set; }

        public int Others { get; private set; }

        public IReadOnlyList<string> Sources => ["slow"];

        public async Task<MetricSample> SampleAsync(string? source, string expression, TimeSpan budget, CancellationToken cancellationToken)
        {
            if (source == "slow")
            {
                Slow++;
                await Answers.Task;
            }
            else
            {
                Others++;
            }

            return new MetricSample([new MetricValue("", 1)], null);
        }
    }
}
