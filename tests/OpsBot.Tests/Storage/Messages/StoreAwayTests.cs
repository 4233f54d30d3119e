using OpsBot.Tests.Support;

namespace OpsBot.Tests.Storage.Messages;

/// <summary>The store goes away while a row is in hand: nobody waits for the lease to run out once it is back.</summary>
public sealed class StoreAwayTests : IAsyncLifetime
{
    private readonly StoreFixture _store = new(options => options.Lease = TimeSpan.FromMinutes(10), goesAway: true);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Theory]
    [InlineData(1, false)]
    [InlineData(4, false)]
    [InlineData(1, true)]
    public async Task A_row_that_could_not_be_taken_is_free_again_and_no_attempt_counts(int failures, bool onlyTheAnswerIsLost)
    {
        await _store.Intake.AcceptAsync(Note.Delivered("a", "a"), Token);
        var claimed = (await _store.ClaimAsync(Note.Kind)).ShouldHaveSingleItem();
        (_store.Away.Failures, _store.Away.LosesAnswersOnly) = (failures, onlyTheAnswerIsLost);
        var handled = 0;

        await WhileTimePassesAsync(_store.HandleAsync(claimed, _ => handled++));

        (handled, _store.Away.Failed).ShouldBe((0, failures));
        (await _store.TakeAsync(claimed)).ShouldBeNull("the copy on the bus is stale");
        (await _store.ScalarAsync("select count(*) from messages where leased_by is null and published_at is null and attempts = 0 and abandoned = 0")).ShouldBe(1);
        await _store.HandleAsync((await _store.ClaimAsync(Note.Kind)).ShouldHaveSingleItem(), _ => handled++);
        handled.ShouldBe(1);
    }

    [Fact]
    public async Task A_failure_that_could_not_be_written_at_once_is_written_when_the_store_is_back()
    {
        await _store.Intake.AcceptAsync(Note.Delivered("a", "a"), Token);
        var claimed = (await _store.ClaimAsync(Note.Kind)).ShouldHaveSingleItem();

        await WhileTimePassesAsync(_store.HandleAsync(claimed, _ =>
        {
            _store.Away.Failures = 3;
            throw new TimeoutException("what it needs is away too");
        }));

        _store.Away.Failed.ShouldBe(3);
        (await _store.ScalarAsync("select count(*) from messages where leased_by is null and attempts = 1 and error is not null")).ShouldBe(1);
    }

    [Fact]
    public async Task A_host_that_stops_does_not_wait_for_the_store()
    {
        await _store.Intake.AcceptAsync(Note.Delivered("a", "a"), Token);
        var claimed = (await _store.ClaimAsync(Note.Kind)).ShouldHaveSingleItem();
        _store.Away.Failures = int.MaxValue;
        using var host = new CancellationTokenSource();

        var handling = _store.Handling.HandleAsync<Note>(claimed.Id, claimed.LeaseToken, (_, _) => throw new InvalidOperationException("never reached"), host.Token);
        await host.CancelAsync();

        (await Should.ThrowAsync<TimeoutException>(handling.WaitAsync(TimeSpan.FromSeconds(20), Token))).Message.ShouldBe(StoreThatGoesAway.Reason);
        _store.Away.Failures.ShouldBeGreaterThan(int.MaxValue - 5);
    }

    private async Task WhileTimePassesAsync(Task work)
    {
        while (!work.IsCompleted)
        {
            await Task.WhenAny(work, Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Token));
            _store.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        await work;
    }
}
