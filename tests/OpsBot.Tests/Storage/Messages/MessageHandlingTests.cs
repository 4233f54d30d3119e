using OpsBot.Contracts.Ports;
using OpsBot.Storage.Messages;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Storage.Messages;

/// <summary>How a row is handled: once, in order, whole or not at all, again after a failure.</summary>
public sealed class MessageHandlingTests : IAsyncLifetime
{
    private readonly StoreFixture _store = new(options =>
    {
        options.Attempts = 3;
        options.Abandonments = 2;
        options.Lease = TimeSpan.FromSeconds(30);
    });

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task A_delivery_that_comes_twice_is_stored_once()
    {
        (await _store.Intake.AcceptAsync(Note.Delivered("a", "one"), Token)).ShouldBe(IntakeResult.Accepted);
        (await _store.Intake.AcceptAsync(Note.Delivered("a", "another body under the same key"), Token)).ShouldBe(IntakeResult.Duplicate);

        (await _store.Reader.CountAsync(Token)).Waiting.ShouldBe(1);
    }

    [Fact]
    public async Task Rows_of_one_stream_are_handled_one_at_a_time_in_order()
    {
        foreach (var text in new[] { "1", "2", "3" })
        {
            await _store.Intake.AcceptAsync(Note.Delivered(text, text, "one-stream"), Token);
        }

        var seen = new List<string>();
        for (var turn = 0; turn < 3; turn++)
        {
            var claimed = await _store.ClaimAsync(Note.Kind);
            claimed.Count.ShouldBe(1);
            (await _store.ClaimAsync(Note.Kind)).ShouldBeEmpty("the stream is in somebody's hands");
            await _store.HandleAsync(claimed[0], note => seen.Add(note.Text));
        }

        seen.ShouldBe(["1", "2", "3"]);
    }

    [Fact]
    public async Task Rows_of_different_streams_are_claimed_together()
    {
        await _store.Intake.AcceptAsync(Note.Delivered("a", "a"), Token);
        await _store.Intake.AcceptAsync(Note.Delivered("b", "b"), Token);

        (await _store.ClaimAsync(Note.Kind)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task No_more_than_the_given_number_is_on_the_bus_or_in_hand()
    {
        for (var i = 0; i < 10; i++)
        {
            await _store.Intake.AcceptAsync(Note.Delivered($"k{i}", "x"), Token);
        }

        (await _store.ClaimAsync(Note.Kind, most: 4)).Count.ShouldBe(4);
        (await _store.ClaimAsync(Note.Kind, most: 4)).ShouldBeEmpty();
        (await _store.ClaimAsync(Note.Kind, most: 6)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_bus_copy_that_comes_twice_is_handled_once()
    {
        await _store.Intake.AcceptAsync(Note.Delivered("a", "a"), Token);
        var claimed = (await _store.ClaimAsync(Note.Kind))[0];
        var handled = 0;

        await _store.HandleAsync(claimed, _ => handled++);
        await _store.HandleAsync(claimed, _ => handled++);

        handled.ShouldBe(1);
    }

    [Fact]
    public async Task Effect_following_rows_and_handled_mark_are_committed_together_or_not_at_all()
    {
        await _store.Intake.AcceptAsync(Note.Delivered("a", "a"), Token);
        var claimed = (await _store.ClaimAsync(Note.Kind))[0];

        await _store.Handling.HandleAsync<Note>(
            claimed.Id,
            claimed.LeaseToken,
            (_, _) => Task.FromResult<Effect>(scope =>
            {
                scope.Follow(NewMessage.Of(new Note("follows"), "other"));
                throw new InvalidOperationException("after the row was written");
            }),
            Token);

        var counts = await _store.Reader.CountAsync(Token);
        counts.Handled.ShouldBe(0);
        (counts.Waiting + counts.Timers).ShouldBe(1, "the row itself waits for its retry; what would follow was rolled back");
    }

    [Fact]
    public async Task A_failure_is_retried_later_and_later_and_is_dead_with_its_reason_after_the_last_attempt()
    {
        await _store.Intake.AcceptAsync(Note.Delivered("a", "a"), Token);
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            var claimed = await _store.ClaimAsync(Note.Kind);
            claimed.Count.ShouldBe(1, $"attempt {attempt}");
            await FailAsync(claimed[0], new InvalidOperationException("the disk is on fire"));
            (await _store.ClaimAsync(Note.Kind)).ShouldBeEmpty("a retry waits");
            _store.Clock.Advance(TimeSpan.FromSeconds(4));
        }

        var dead = (await _store.Reader.DeadAsync(10, Token)).ShouldHaveSingleItem();
        dead.Error.ShouldNotBeNull().ShouldContain("the disk is on fire");
        (await _store.ClaimAsync(Note.Kind)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_body_that_cannot_be_read_is_dead_at_once()
    {
        await _store.Intake.AcceptAsync(new Delivery("test", "bad", [new DeliveredMessage(Note.Kind, "s", "{\"text\": 7}")]), Token);
        await _store.HandleAsync((await _store.ClaimAsync(Note.Kind))[0], _ => { });

        (await _store.Reader.DeadAsync(10, Token)).ShouldHaveSingleItem().Attempts.ShouldBe(1);
    }

    [Fact]
    public async Task A_dead_row_stops_blocking_its_stream_and_can_be_brought_back()
    {
        await _store.Intake.AcceptAsync(Note.Delivered("a", "first", "s"), Token);
        await _store.Intake.AcceptAsync(Note.Delivered("b", "second", "s"), Token);
        await FailAsync((await _store.ClaimAsync(Note.Kind))[0], new HandlingException(FailureCategory.Refused, "no such channel"));

        var next = (await _store.ClaimAsync(Note.Kind)).ShouldHaveSingleItem();
        var seen = new List<string>();
        await _store.HandleAsync(next, note => seen.Add(note.Text));
        var dead = (await _store.Reader.DeadAsync(10, Token)).ShouldHaveSingleItem();
        (await _store.Get<MessageMaintenance>().RetryAsync(dead.Id, Token)).ShouldBe(RetryOutcome.Queued);
        await _store.HandleAsync((await _store.ClaimAsync(Note.Kind))[0], note => seen.Add(note.Text));

        seen.ShouldBe(["second", "first"]);
        (await _store.Get<MessageMaintenance>().RetryAsync(dead.Id, Token)).ShouldBe(RetryOutcome.NotDead);
    }

    [Fact]
    public async Task A_row_that_waits_for_its_retry_blocks_its_stream_but_a_timer_does_not()
    {
        await _store.Intake.AcceptAsync(Note.Delivered("a", "seed", "seed"), Token);
        var seed = (await _store.ClaimAsync(Note.Kind))[0];
        await _store.Handling.HandleAsync<Note>(
            seed.Id,
            seed.LeaseToken,
            (_, _) => Task.FromResult<Effect>(scope =>
            {
                scope.Follow(NewMessage.Of(new Note("timer"), "s", TimeSpan.FromMinutes(30)));
                return Task.CompletedTask;
            }),
            Token);
        await _store.Intake.AcceptAsync(Note.Delivered("b", "later row", "s"), Token);
        await _store.Intake.AcceptAsync(Note.Delivered("c", "last row", "s"), Token);

        var row = (await _store.ClaimAsync(Note.Kind)).ShouldHaveSingleItem("the timer is not due and holds nobody up");
        await FailAsync(row, new TimeoutException("away"));
        (await _store.ClaimAsync(Note.Kind)).ShouldBeEmpty("the retry comes before what is behind it");
    }

    [Fact]
    public async Task Rows_that_say_the_same_coalesce_while_one_waits()
    {
        await _store.Intake.AcceptAsync(Note.Delivered("a", "a"), Token);
        var claimed = (await _store.ClaimAsync(Note.Kind))[0];
        await _store.Handling.HandleAsync<Note>(
            claimed.Id,
            claimed.LeaseToken,
            (_, _) => Task.FromResult<Effect>(scope =>
            {
                scope.Follow(NewMessage.Of(new Note("card"), "card", coalesce: true));
                scope.Follow(NewMessage.Of(new Note("card"), "card", coalesce: true));
                return Task.CompletedTask;
            }),
            Token);

        (await _store.Reader.CountAsync(Token)).Waiting.ShouldBe(1);
    }

    [Fact]
    public async Task A_store_can_be_opened_again_and_knows_what_it_knew()
    {
        await _store.Intake.AcceptAsync(Note.Delivered("a", "a"), Token);

        await using var again = new StoreFixture(folder: _store.Folder);

        (await again.Intake.AcceptAsync(Note.Delivered("a", "a"), Token)).ShouldBe(IntakeResult.Duplicate);
        (await again.Reader.CountAsync(Token)).Waiting.ShouldBe(1);
    }

    private Task FailAsync(ClaimedMessage row, Exception failure) =>
        _store.Handling.HandleAsync<Note>(row.Id, row.LeaseToken, (_, _) => throw failure, Token);
}
