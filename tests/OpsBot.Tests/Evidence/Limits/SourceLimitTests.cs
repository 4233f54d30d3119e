using OpsBot.Evidence.Limits;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Evidence.Limits;

public sealed class SourceLimitTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ManualClock _clock = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_burst_need_not_wait_and_then_turns_come_one_at_a_time()
    {
        var limit = Limit(burst: 3);
        using var budget = Budget(60);
        var turns = Enumerable.Range(0, 5).Select(_ => limit.EnterAsync(budget)).ToList();

        turns.Select(turn => turn.IsCompleted).ShouldBe([true, true, true, false, false]);
        _clock.Advance(TimeSpan.FromSeconds(1));
        (await turns[3].WaitAsync(Patience, TimeProvider.System, Cancel)).ShouldNotBeNull();
        turns[4].IsCompleted.ShouldBeFalse();
        _clock.Advance(TimeSpan.FromSeconds(1));
        (await turns[4].WaitAsync(Patience, TimeProvider.System, Cancel)).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_quiet_time_gives_the_burst_back_and_not_more()
    {
        var limit = Limit(burst: 2);
        using var budget = Budget(1);
        _clock.Advance(TimeSpan.FromHours(1));
        using var later = Budget(1);

        var turns = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => limit.EnterAsync(later)));
        turns.Count(turn => turn is not null).ShouldBe(2);
    }

    [Fact]
    public async Task Who_would_wait_for_longer_than_its_budget_is_spared_at_once_and_takes_no_turn_from_others()
    {
        var limit = Limit(burst: 1);
        using var little = Budget(0.5);
        using var much = Budget(60);
        (await limit.EnterAsync(much)).ShouldNotBeNull();

        for (var i = 0; i < 100; i++) (await limit.EnterAsync(little)).ShouldBeNull();

        var next = limit.EnterAsync(much);
        _clock.Advance(TimeSpan.FromSeconds(1));
        (await next.WaitAsync(Patience, TimeProvider.System, Cancel)).ShouldNotBeNull();
    }

    [Fact]
    public async Task No_more_are_out_at_once_than_may_be_and_the_wait_for_one_counts()
    {
        var limit = Limit(burst: 100, atOnce: 2);
        using var budget = Budget(10);
        using var less = Budget(5);
        var first = await limit.EnterAsync(budget);
        (await limit.EnterAsync(budget)).ShouldNotBeNull();
        var waits = limit.EnterAsync(budget);
        var gives = limit.EnterAsync(less);

        _clock.Advance(TimeSpan.FromSeconds(5));
        (await gives.WaitAsync(Patience, TimeProvider.System, Cancel)).ShouldBeNull();
        waits.IsCompleted.ShouldBeFalse();
        first!.Dispose();
        first.Dispose();
        (await waits.WaitAsync(Patience, TimeProvider.System, Cancel)).ShouldNotBeNull();
        var another = limit.EnterAsync(budget);
        another.IsCompleted.ShouldBeFalse("a turn that is ended twice gives one slot back");
        _clock.Advance(TimeSpan.FromSeconds(10));
        (await another.WaitAsync(Patience, TimeProvider.System, Cancel)).ShouldBeNull();
    }

    [Fact]
    public async Task Whoever_asked_may_end_the_wait_and_its_slot_is_free_again()
    {
        var limit = Limit(burst: 1, atOnce: 1);
        using var budget = Budget(60);
        (await limit.EnterAsync(budget))!.Dispose();
        using var end = new CancellationTokenSource();
        using var ended = new TimeBudget(TimeSpan.FromSeconds(60), _clock, end.Token);
        var waits = limit.EnterAsync(ended);
        await end.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => waits);

        var next = limit.EnterAsync(budget);
        _clock.Advance(TimeSpan.FromSeconds(2));
        (await next.WaitAsync(Patience, TimeProvider.System, Cancel)).ShouldNotBeNull();
    }

    [Fact]
    public async Task What_cannot_wait_is_counted_all_the_same()
    {
        var limit = Limit(burst: 2);
        using var budget = Budget(0.5);
        limit.Count();
        (await limit.EnterAsync(budget)).ShouldNotBeNull();
        (await limit.EnterAsync(budget)).ShouldBeNull();
    }

    private SourceLimit Limit(int burst, int atOnce = 100) => new("one a second", TimeSpan.FromSeconds(1), burst, atOnce, _clock);

    private TimeBudget Budget(double seconds) => new(TimeSpan.FromSeconds(seconds), _clock, Cancel);
}
