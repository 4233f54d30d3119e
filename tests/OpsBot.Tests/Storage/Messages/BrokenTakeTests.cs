using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OpsBot.Runtime.Redaction;
using OpsBot.Storage.Engine;
using OpsBot.Storage.Messages;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Storage.Messages;

/// <summary>The store breaks away while a consumer takes a row, or writes how it ended: the row comes back with the next sweep, and nobody handles it twice.</summary>
public sealed class BrokenTakeTests : IAsyncLifetime
{
    private readonly StoreFixture _store = new(options => options.Attempts = 3);
    private Breaking _breaking = null!;
    private TicketsInHand _tickets = null!;
    private MessageQueue _queue = null!;
    private MessageHandling _handling = null!;
    private int _handled;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _breaking = new Breaking(_store.Get<IStore>());
        var options = _store.Get<IOptions<MessageOptions>>();
        _tickets = new TicketsInHand(_breaking, options, _store.Clock, NullLogger<TicketsInHand>.Instance);
        _queue = new MessageQueue(_breaking, _store.Get<IWorkerLiveness>(), _tickets, options, _store.Get<MessageSignal>(), _store.Get<StoreClock>());
        _handling = new MessageHandling(
            _breaking, _store.Get<WorkerIdentity>(), _tickets, options, _store.Get<MessageSignal>(), _store.Get<IRedactor>(), new HoldPoints(null), _store.Get<StoreClock>(),
            NullLogger<MessageHandling>.Instance);
        await _store.Intake.AcceptAsync(Note.Delivered("a", "a"), Token);
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Theory]
    [InlineData(Break.Before)]
    [InlineData(Break.After)]
    public async Task A_take_of_which_nobody_knows_whether_it_was_committed_is_taken_back(Break how)
    {
        var ticket = (await _store.ClaimAsync(Note.Kind)).ShouldHaveSingleItem();
        _breaking.Take = how;

        await HandleAsync(ticket);

        _handled.ShouldBe(0);
        (await _store.ScalarAsync("select count(*) from messages where leased_by is not null")).ShouldBe(1, "nothing reaches the store yet");
        _breaking.Take = Break.No;
        (await _queue.WriteLeftAsync(Token)).ShouldBe(1);
        await HandleAsync(ticket);
        _handled.ShouldBe(0, "the old copy is worth nothing");
        var again = (await _store.ClaimAsync(Note.Kind)).ShouldHaveSingleItem("it is free at once");
        await HandleAsync(again);
        _handled.ShouldBe(1);
        (await _store.ScalarAsync("select count(*) from messages where handled_at is not null and attempts = 1 and abandoned = 0")).ShouldBe(1, "that try does not count");
        _tickets.Left.ShouldBe(0);
    }

    [Fact]
    public async Task A_second_copy_of_a_ticket_takes_nothing_from_the_first()
    {
        var ticket = (await _store.ClaimAsync(Note.Kind)).ShouldHaveSingleItem();

        await _handling.HandleAsync<Note>(
            ticket.Id,
            ticket.LeaseToken,
            async (_, _) =>
            {
                _breaking.Take = Break.Before;
                await HandleAsync(ticket);
                _breaking.Take = Break.No;
                (await _queue.WriteLeftAsync(Token)).ShouldBe(0);
                return _ =>
                {
                    _handled++;
                    return Task.CompletedTask;
                };
            },
            Token);

        _handled.ShouldBe(1);
        (await _store.Reader.CountAsync(Token)).Handled.ShouldBe(1);
    }

    [Fact]
    public async Task What_waits_to_be_taken_back_is_not_taken_by_a_second_copy_meanwhile()
    {
        var ticket = (await _store.ClaimAsync(Note.Kind)).ShouldHaveSingleItem();
        _breaking.Take = Break.Before;
        await HandleAsync(ticket);
        _breaking.Take = Break.No;

        await HandleAsync(ticket);

        _handled.ShouldBe(0);
        (await _queue.WriteLeftAsync(Token)).ShouldBe(1);
    }

    [Fact]
    public async Task A_failure_that_could_not_be_written_is_written_later_and_counts()
    {
        var ticket = (await _store.ClaimAsync(Note.Kind)).ShouldHaveSingleItem();
        await _handling.HandleAsync<Note>(
            ticket.Id,
            ticket.LeaseToken,
            (_, _) =>
            {
                _breaking.IsAway = true;
                throw new TimeoutException("no answer");
            },
            Token);
        (await _queue.WriteLeftAsync(Token)).ShouldBe(0, "the store is still away");
        _breaking.IsAway = false;

        (await _queue.WriteLeftAsync(Token)).ShouldBe(1);

        (await _store.ScalarAsync("select count(*) from messages where leased_by is null and attempts = 1 and abandoned = 0 and error like '%no answer%'")).ShouldBe(1);
        (await _store.ClaimAsync(Note.Kind)).ShouldBeEmpty("a retry waits");
        _store.Clock.Advance(TimeSpan.FromSeconds(2));
        (await _store.ClaimAsync(Note.Kind)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_host_that_stops_gives_the_row_back_without_waiting_for_a_sweep()
    {
        var ticket = (await _store.ClaimAsync(Note.Kind)).ShouldHaveSingleItem();
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();

        await _handling.HandleAsync<Note>(ticket.Id, ticket.LeaseToken, (_, _) => Task.FromResult(Note.Nothing), stop.Token);

        (await _store.ClaimAsync(Note.Kind)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task What_cannot_be_written_until_its_lease_has_run_out_is_left_to_that()
    {
        var ticket = (await _store.ClaimAsync(Note.Kind)).ShouldHaveSingleItem();
        _breaking.Take = Break.Before;
        await HandleAsync(ticket);
        _breaking.IsAway = true;
        await _queue.WriteLeftAsync(Token);
        _tickets.Left.ShouldBe(1);

        _store.Clock.Advance(TimeSpan.FromSeconds(60));
        await _queue.WriteLeftAsync(Token);

        _tickets.Left.ShouldBe(0);
    }

    private Task HandleAsync(ClaimedMessage ticket) => _handling.HandleAsync<Note>(
        ticket.Id,
        ticket.LeaseToken,
        (_, _) => Task.FromResult<Effect>(_ =>
        {
            _handled++;
            return Task.CompletedTask;
        }),
        Token);

    public enum Break
    {
        No,
        Before,
        After,
    }

    /// <summary>The real store behind a connection that breaks, before a commit or right after it.</summary>
    private sealed class Breaking(IStore store) : IStore
    {
        public Break Take { get; set; }

        public bool IsAway { get; set; }

        public Task<T> WriteAsync<T>(Func<StoreTransaction, Task<T>> work, CancellationToken cancellationToken, WriteLane lane = WriteLane.Serial, Ahead? ahead = null) =>
            IsAway ? throw new IOException("no connection") : store.WriteAsync(work, cancellationToken, lane, ahead);

        public Task<T> WriteOrRefuseAsync<T>(Func<StoreTransaction, Task<T>> work, CancellationToken cancellationToken) => store.WriteOrRefuseAsync(work, cancellationToken);

        public async Task<TResult> MergeAsync<TItem, TResult>(Merge<TItem, TResult> merge, TItem item, WriteLane lane, CancellationToken cancellationToken)
        {
            if (Take == Break.Before)
            {
                throw new IOException("the connection broke");
            }

            var result = await store.MergeAsync(merge, item, lane, cancellationToken);
            return Take == Break.After ? throw new IOException("the connection broke after the commit") : result;
        }

        public Task<IAsyncDisposable?> TryTakeTurnAsync(StoreTurn turn, CancellationToken cancellationToken) => store.TryTakeTurnAsync(turn, cancellationToken);
    }
}
