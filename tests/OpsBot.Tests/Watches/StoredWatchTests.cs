using OpsBot.Contracts.Events;
using OpsBot.Contracts.Messages;
using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Threads;
using OpsBot.Contracts.Watches;
using OpsBot.Storage.Messages;
using OpsBot.Storage.Watches;
using OpsBot.Tests.Support;
using OpsBot.Watches.Declared;
namespace OpsBot.Tests.Watches;

/// <summary>Watches over a real store, on both engines: the row, its one timer, and who may change them when.</summary>
public sealed class StoredWatchTests : StoredWatchStage
{
    [Fact]
    public async Task A_watch_is_one_row_and_its_timer_is_one_row_that_is_due_again_and_again()
    {
        var watch = await BeginAsync();
        for (var tick = 1; tick <= 5; tick++)
        {
            (await TickAsync()).ShouldBe(1);
            (await TickAsync()).ShouldBe(0, "the next one is not due yet");
            Stored.Store.Clock.Advance(TimeSpan.FromMinutes(1));
            var now = (await Reader.FindAsync(watch.Id, Token))!;
            now.Tick.ShouldBe(tick);
            now.NextDueAt.ShouldBe(Some.WatchBegan.AddMinutes(tick));
        }

        (await Stored.Store.ScalarAsync("select count(*) from messages")).ShouldBe(1);
        (await Stored.Store.ScalarAsync("select count(*) from messages where handled_at is null and attempts = 0 and abandoned = 0")).ShouldBe(1);
    }

    [Fact]
    public async Task After_an_outage_there_is_one_tick_and_not_a_hundred()
    {
        var watch = await BeginAsync(Some.Watch() with { Deadline = Some.WatchBegan.AddHours(8) });
        await TickAsync();
        Stored.Store.Clock.Advance(TimeSpan.FromMinutes(100));
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
        var row = (await Stored.Store.ClaimAsync(WatchTick.Kind)).ShouldHaveSingleItem();
        Metrics.Meanwhile = async () =>
        {
            // silent for too long: somebody else has it meanwhile, and is done
            await Stored.Store.LapseAsync(row.Id);
            await Stored.Store.Queue.FreeAbandonedAsync(Token);
            await TickAsync();
        };
        await HandleAsync(row);
        (await Reader.FindAsync(watch.Id, Token))!.Tick.ShouldBe(1);
        Metrics.Asked.ShouldBe(2, "looking may happen twice, a tick not");
        (await Stored.Store.ScalarAsync("select abandoned from messages")).ShouldBe(0, "a tick that was done has no past");
    }

    [Fact]
    public async Task A_watch_that_was_paused_during_a_look_stays_paused_and_its_old_timer_is_nobodys()
    {
        var watch = await BeginAsync();
        Metrics.Meanwhile = () => ChangeAsync((desk, scope) => desk.PauseAsync(watch.Id, "Ana", scope));
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
        Stored.Store.Clock.Advance(TimeSpan.FromMinutes(61));
        await TickAsync();
        (await Reader.FindAsync(watch.Id, Token))!.Status.ShouldBe(WatchStatus.Paused);
        Stored.Store.Clock.Advance(TimeSpan.FromHours(1));
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

        Stored.Store.Clock.Advance(TimeSpan.FromMinutes(1));
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
        Stored.Store.Clock.Advance(TimeSpan.FromHours(1));
        Metrics.Meanwhile = () => ChangeAsync((desk, scope) => desk.ExtendAsync(watch.Id, TimeSpan.FromHours(1), "Ana", scope));
        await TickAsync();
        (await Reader.FindAsync(watch.Id, Token))!.Status.ShouldBe(WatchStatus.Running);
        (await TickAsync()).ShouldBe(1, "what it saw was for the old end; it looks again at once");
        var now = (await Reader.FindAsync(watch.Id, Token))!;
        (now.Status, now.Tick, now.Deadline).ShouldBe((WatchStatus.Running, 1, Some.WatchBegan.AddHours(2)));
        (await Pending()).ShouldBe(1);
    }

    [Fact]
    public async Task However_often_a_watch_is_extended_what_it_found_long_ago_is_forgotten()
    {
        var watch = await BeginAsync();
        await Stored.InAsync(async scope =>
        {
            for (var tick = 0; tick < 3000; tick++)
                await WatchTable.AddFindingsAsync(scope.Transaction, watch.Id, [new WatchFinding(tick, "violated", WatchChange.Began, Now, "x")]);
        });
        (await Stored.Store.ScalarAsync("select count(*) from watch_findings")).ShouldBe(1001);
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
    public async Task A_person_ends_a_watch_and_its_alert_with_it()
    {
        Metrics.Then(20);
        var watch = await BeginAsync();
        await TickAsync();
        var answer = await ChangeAsync((desk, scope) => desk.StopAsync(watch.Id, "Ana", "wrong query", scope));
        answer.Text.ShouldBe("WATCH-1 is stopped by Ana: wrong query; last seen: 20, wanted < 10");
        (await AlertsAsync()).Select(alert => alert.Status).ShouldBe([AlertStatus.Firing, AlertStatus.Resolved]);
        Stored.Store.Clock.Advance(TimeSpan.FromMinutes(5));
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
        await Stored.Store.ScalarAsync("update messages set dead_at = 1; select 1");
        Stored.Store.Clock.Advance(TimeSpan.FromMinutes(10));
        var keeper = new WatchKeeper(Declared(), Stored.Store.Get<Outbox>());
        (await keeper.KeepAsync(Token)).ShouldBe(1);
        (await keeper.KeepAsync(Token)).ShouldBe(0);
        (await TickAsync()).ShouldBe(1);
        (await Reader.FindAsync(watch.Id, Token))!.Tick.ShouldBe(1);
        (await Reader.FindingsAsync(watch.Id, 10, Token)).Select(found => found.Kind).ShouldBe(["late", "timer-lost"]);
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
