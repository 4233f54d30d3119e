using OpsBot.Contracts.Watches;
using OpsBot.Tests.Support;
using OpsBot.Watches.Queries;
using OpsBot.Watches.Ticks;

namespace OpsBot.Tests.Watches;

/// <summary>Ticks of a query, one after the other, without a store.</summary>
public sealed class QueryWatchTests
{
    private readonly ScriptedMetrics _metrics = new();
    private readonly List<WatchFinding> _findings = [];
    private DateTimeOffset _now = Some.WatchBegan;

    [Fact]
    public async Task What_holds_at_every_look_ends_well()
    {
        _metrics.Then(1, 2, 3);
        var watch = await RunAsync(Some.Watch(), 61);
        watch.Status.ShouldBe(WatchStatus.Ended);
        watch.Verdict!.Outcome.ShouldBe(WatchOutcome.Good);
        watch.Verdict.Text.ShouldBe("it held at all 61 looks; worst 3, wanted < 10");
        watch.NextDueAt.ShouldBeNull();
        _findings.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_condition_that_fails_for_long_enough_is_a_problem_and_one_that_flutters_is_not()
    {
        _metrics.Then(1, 20, 20, 1, 20, 20, 20, 1, 20, 1, 1, 1);
        var watch = await RunAsync(Some.Watch(inRow: 3), 6);
        watch.Problems.ShouldBeEmpty();
        watch = await RunAsync(watch, 1);
        watch.Problems.ShouldHaveSingleItem().Kind.ShouldBe("violated");
        watch = await RunAsync(watch, 4);
        watch.Problems.ShouldHaveSingleItem("it has to hold for as long as it took to be called broken");
        watch = await RunAsync(watch, 1);
        watch.Problems.ShouldBeEmpty();
        _findings.Select(found => (found.Kind, found.Change)).ShouldBe([("violated", WatchChange.Began), ("violated", WatchChange.Ended)]);
        watch = await RunAsync(watch, 100);
        watch.Verdict!.Outcome.ShouldBe(WatchOutcome.Bad);
        watch.Verdict.Text.ShouldStartWith("it did not hold at 6 of 61 looks; worst 20");
    }

    [Fact]
    public async Task What_is_waited_for_ends_the_watch_as_soon_as_it_is_there()
    {
        _metrics.Then(50, 5, 50, 5, 5, 5);
        var watch = await RunAsync(Some.Watch(inRow: 2, until: true), 100);
        watch.Verdict!.Outcome.ShouldBe(WatchOutcome.Good);
        watch.Tick.ShouldBe(5);
    }

    [Fact]
    public async Task What_is_waited_for_in_vain_is_a_problem_at_the_end_and_not_before()
    {
        _metrics.Then(50);
        var watch = await RunAsync(Some.Watch(until: true), 60);
        watch.Problems.ShouldBeEmpty();
        watch = await RunAsync(watch, 1);
        watch.Verdict!.Outcome.ShouldBe(WatchOutcome.Bad);
        watch.Problems.ShouldHaveSingleItem().Kind.ShouldBe("not-reached");
    }

    [Fact]
    public async Task Whoever_is_blind_at_the_end_cannot_tell_that_it_was_not_reached()
    {
        _metrics.Then([.. Enumerable.Repeat(50.0, 50)]).ThenNothing("it is away", 11);
        var watch = await RunAsync(Some.Watch(until: true), 61);
        watch.Verdict!.Outcome.ShouldBe(WatchOutcome.Unknown);
        watch.Verdict.Text.ShouldContain("nobody can tell: the last 11 looks saw nothing");
        watch.Problems.Select(problem => problem.Kind).ShouldBe(["blind"]);
    }

    [Fact]
    public async Task No_data_for_three_intervals_is_a_finding_and_its_return_is_one()
    {
        _metrics.Then(1).ThenNothing().ThenNothing("connection refused").ThenNothing("connection refused").Then(1);
        var watch = await RunAsync(Some.Watch(), 3);
        watch.Problems.ShouldBeEmpty();
        watch = await RunAsync(watch, 1);
        watch.Problems.ShouldHaveSingleItem().Text.ShouldBe("no data for 3 intervals of 60 s: connection refused");
        watch = await RunAsync(watch, 1);
        watch.Problems.ShouldBeEmpty();
        _findings.Select(found => (found.Tick, found.Kind, found.Change)).ShouldBe([(3, "blind", WatchChange.Began), (4, "blind", WatchChange.Ended)]);
    }

    [Fact]
    public async Task Blindness_keeps_what_was_wrong_and_proves_nothing_in_the_end()
    {
        _metrics.Then(20).ThenNothing("away", 100);
        var watch = await RunAsync(Some.Watch(), 10);
        watch.Problems.Select(problem => problem.Kind).ShouldBe(["violated", "blind"]);
        _metrics.ThenNothing("away");
        (await RunAsync(Some.Watch(), 100)).Verdict!.Outcome.ShouldBe(WatchOutcome.Unknown);
    }

    [Fact]
    public async Task A_watch_that_was_blind_for_most_of_its_time_did_not_hold()
    {
        _metrics.Then(1, 1).ThenNothing("away", 100);
        (await RunAsync(Some.Watch(), 100)).Verdict!.Outcome.ShouldBe(WatchOutcome.Unknown);
    }

    [Fact]
    public async Task A_tick_that_is_late_says_so_and_so_does_the_verdict()
    {
        var watch = await RunAsync(Some.Watch(), 2);
        _now += TimeSpan.FromMinutes(10);
        watch = await RunAsync(watch, 1);
        watch.Missed.ShouldBe(9);
        watch.Latest.ShouldBe(TimeSpan.FromMinutes(9));
        _findings.ShouldHaveSingleItem().Text.ShouldContain("this tick came 9 min late; 9 that were due meanwhile are one with it");
        (await RunAsync(watch, 100)).Verdict!.Text.ShouldEndWith("(nobody looked at 9 of the times that were due)");
    }

    [Fact]
    public void Of_several_series_the_worst_one_speaks()
    {
        var watch = Some.Watch(op: ">=", value: 0.99);
        var judged = QueryJudge.Judge(
            watch, new QuerySpec(null, "up", ">=", 0.99, 1, false), QueryState.Begin, [new("instance=a", 1), new("instance=b", 0.5), new("instance=c", 1)], _now);
        judged.Problems.ShouldHaveSingleItem().Text.ShouldBe("0.5 (instance=b, the worst of 3), wanted >= 0.99");
    }

    [Theory]
    [InlineData(">=", 5, true)]
    [InlineData("<=", 5, true)]
    [InlineData(">", 5, false)]
    [InlineData("<", 5, false)]
    [InlineData("==", 5, true)]
    [InlineData("!=", 5, false)]
    public void Comparisons_mean_what_they_say(string op, double value, bool holds) => Condition.Of(op, 5).Holds(value).ShouldBe(holds);

    [Fact]
    public async Task A_curve_stays_small_and_keeps_its_newest_point()
    {
        var watch = Some.Watch() with { Deadline = Some.WatchBegan.AddDays(2) };
        for (var i = 0; i < 1000; i++)
        {
            _metrics.Then(i % 9);
            watch = await RunAsync(watch, 1);
            watch.Reading.Times.Count.ShouldBeLessThanOrEqualTo(WatchLimits.Points);
            watch.Reading.Values[^1].ShouldBe(i % 9);
        }

        watch.Reading.Times.ShouldBeInOrder(SortDirection.Ascending);
    }

    [Fact]
    public async Task A_judge_that_fails_does_not_take_the_watch_with_it()
    {
        var watch = Some.Watch() with { State = "{ this is no state" };
        watch = await RunAsync(watch, 1);
        watch.Status.ShouldBe(WatchStatus.Running);
        watch.Problems.ShouldHaveSingleItem().Kind.ShouldBe("unjudged");
        (await RunAsync(watch, 100)).Verdict!.Outcome.ShouldBe(WatchOutcome.Unknown);
    }

    /// <summary>So many ticks, each when it is due, or now where that is over; ends where the watch does.</summary>
    private async Task<Watch> RunAsync(Watch watch, int ticks)
    {
        var kind = new QueryKind(_metrics);
        for (var i = 0; i < ticks && watch.Status == WatchStatus.Running; i++)
        {
            _now = watch.NextDueAt > _now ? watch.NextDueAt.Value : _now;
            var result = TickFlow.Apply(watch, kind, await kind.ObserveAsync(watch, TestContext.Current.CancellationToken), _now);
            _findings.AddRange(result.Findings);
            watch = result.Watch;
        }

        return watch;
    }
}
