using OpsBot.Contracts.Ports;
using OpsBot.Storage.Messages;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Storage.Messages;

public sealed class HostStopTests : IAsyncLifetime
{
    private readonly StoreFixture _store = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task What_a_stop_of_the_host_cuts_off_is_given_back_as_if_it_had_not_been_taken()
    {
        await _store.Intake.AcceptAsync(Note.Delivered("a", "a"), Token);
        var first = (await _store.ClaimAsync(Note.Kind))[0];
        await _store.Handling.HandleAsync<Note>(first.Id, first.LeaseToken, (_, _) => throw new TimeoutException("away"), Token);
        _store.Clock.Advance(TimeSpan.FromSeconds(4));
        JournalRun? old = null;
        for (var stop = 0; stop < 5; stop++)
        {
            var copy = (await _store.ClaimAsync(Note.Kind)).ShouldHaveSingleItem("the row is free at once");
            using var host = new CancellationTokenSource();
            await _store.Handling.HandleAsync<Note>(
                copy.Id,
                copy.LeaseToken,
                async (_, context) =>
                {
                    context.Attempt.ShouldBe(2);
                    old = context.Run;
                    await host.CancelAsync();
                    // some turn the cancellation into a failure of their own
                    return stop % 2 == 0 ? throw new OperationCanceledException(host.Token) : throw new InvalidOperationException("cut off");
                },
                host.Token);
            (await _store.TakeAsync(copy)).ShouldBeNull("the copy on the bus is stale");
        }

        (await _store.ScalarAsync("select count(*) from messages where leased_by is null and published_at is null and abandoned = 0 and attempts = 1")).ShouldBe(1);
        var next = (await _store.ClaimAsync(Note.Kind)).ShouldHaveSingleItem();
        (await _store.TakeAsync(next)).ShouldNotBeNull();
        await Should.ThrowAsync<LeaseLostException>(() => _store.Get<IJournal>().AppendAsync(old!, "late", "", Token));
    }

    [Fact]
    public async Task What_was_committed_before_the_stop_stays_handled()
    {
        await _store.Intake.AcceptAsync(Note.Delivered("a", "a"), Token);
        var claimed = (await _store.ClaimAsync(Note.Kind))[0];
        using var host = new CancellationTokenSource();

        await _store.Handling.HandleAsync<Note>(
            claimed.Id,
            claimed.LeaseToken,
            (_, _) => Task.FromResult<Effect>(scope =>
            {
                scope.AfterCommit(() =>
                {
                    host.Cancel();
                    throw new OperationCanceledException(host.Token);
                });
                return Task.CompletedTask;
            }),
            host.Token);

        (await _store.Reader.CountAsync(Token)).Handled.ShouldBe(1);
    }

    [Fact]
    public async Task What_only_lies_on_the_bus_is_put_back_and_what_is_in_hand_is_not()
    {
        await _store.Intake.AcceptAsync(Note.Delivered("a", "a"), Token);
        await _store.Intake.AcceptAsync(Note.Delivered("b", "b"), Token);
        var claimed = await _store.ClaimAsync(Note.Kind);
        (await _store.TakeAsync(claimed[0])).ShouldNotBeNull();

        (await _store.Queue.ReleaseUntakenAsync(Token)).ShouldBe(1);

        (await _store.TakeAsync(claimed[1])).ShouldBeNull("the copy on the bus is stale");
        (await _store.ClaimAsync(Note.Kind)).ShouldHaveSingleItem().Id.ShouldBe(claimed[1].Id);
    }
}
