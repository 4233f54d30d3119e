using OpsBot.Storage.Engine;
using OpsBot.Storage.Messages;
using OpsBot.Storage.Retention;
using OpsBot.Storage.Threads;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Storage.Threads;

public sealed class SurfaceThreadsTests : IAsyncDisposable
{
    private readonly StoreFixture _store = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private SurfaceThreads Threads => _store.Get<SurfaceThreads>();

    [Fact]
    public async Task A_thread_keeps_where_it_is_its_card_and_what_was_spent()
    {
        await WriteAsync(tx => SurfaceThreadTable.OpenedAsync(tx, 7, "slack", "C1", "C1/17.5", "{}", 3, _store.Clock.GetUtcNow()));
        await WriteAsync(tx => SurfaceThreadTable.OpenedAsync(tx, 7, "slack", "C2", "C2/18.0", "{\"other\":1}", 9, _store.Clock.GetUtcNow()));
        await WriteAsync(tx => SurfaceThreadTable.EditedAsync(tx, 7, "slack", "{\"new\":1}", 5));
        await WriteAsync(tx => SurfaceThreadTable.EditedAsync(tx, 7, "slack", "{\"old\":1}", 4));
        await WriteAsync(tx => SurfaceThreadTable.SpendAsync(tx, 7, "slack"));
        (await Threads.FindAsync(7, "slack", Token)).ShouldBe(new SurfaceThread("C1", "C1/17.5", "{\"new\":1}", 5, 1));
        (await Threads.FindAsync(7, "teams", Token)).ShouldBeNull();
    }

    [Fact]
    public async Task A_delivery_goes_from_sent_to_posted_or_back()
    {
        var now = _store.Clock.GetUtcNow();
        (await Threads.DeliveryAsync("slack", "a", Token)).ShouldBeNull();
        await WriteAsync(tx => SurfaceThreadTable.SentAsync(tx, "slack", "a", now));
        (await Threads.DeliveryAsync("slack", "a", Token)).ShouldBe(new ChatDelivery(DeliveryStatus.Sent, now, null));
        (await Threads.DeliveryAsync("teams", "a", Token)).ShouldBeNull("each surface has its own");
        await WriteAsync(tx => SurfaceThreadTable.NotSentAsync(tx, "slack", "a"));
        (await Threads.DeliveryAsync("slack", "a", Token)).ShouldBeNull();
        await WriteAsync(tx => SurfaceThreadTable.PostedAsync(tx, "slack", "a", "C1/1", now));
        await WriteAsync(tx => SurfaceThreadTable.NotSentAsync(tx, "slack", "a"));
        (await Threads.DeliveryAsync("slack", "a", Token)).ShouldBe(new ChatDelivery(DeliveryStatus.Posted, now, "C1/1"), "what stands there is not forgotten");
    }

    [Theory]
    [InlineData("slack", "C1", "17.5", "C1/17.5", true)]
    [InlineData("slack", "C2", "17.5", "C1/17.5", false)]
    [InlineData("teams", "C1", "1700000000123", """{"conversation":"C1;messageid=1","activity":"1700000000123"}""", true)]
    [InlineData("teams", "C1", "170000000012", """{"conversation":"C1","activity":"1700000000123"}""", false)]
    [InlineData("teams", "C1", "%", """{"conversation":"C1","activity":"1700000000123"}""", false)]
    [InlineData("teams", "C1", "_", """{"a":"x"}""", false)]
    public async Task A_thread_is_known_by_what_its_surface_calls_it(string surface, string channel, string thread, string reference, bool known)
    {
        await WriteAsync(tx => SurfaceThreadTable.OpenedAsync(tx, 7, surface, "C1", reference, "{}", 3, _store.Clock.GetUtcNow()));
        (await Threads.IncidentOfAsync(surface, channel, thread, Token)).ShouldBe(known ? 7 : null);
    }

    [Fact]
    public async Task Deliveries_are_pruned_long_after_nothing_can_be_tried_again()
    {
        await WriteAsync(tx => SurfaceThreadTable.PostedAsync(tx, "slack", "old", null, _store.Clock.GetUtcNow()));
        _store.Clock.Advance(TimeSpan.FromDays(300));
        await WriteAsync(tx => SurfaceThreadTable.PostedAsync(tx, "slack", "new", null, _store.Clock.GetUtcNow()));
        var pruning = _store.Get<StorePruning>().PruneAsync(Token);
        while (!pruning.IsCompleted)
        {
            _store.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await pruning;
        (await Threads.DeliveryAsync("slack", "old", Token)).ShouldBeNull();
        (await Threads.DeliveryAsync("slack", "new", Token)).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_row_that_is_held_keeps_its_place_and_counts_as_one_try_however_long()
    {
        await _store.Get<Outbox>().CommitAsync(
            scope =>
            {
                scope.Follow(NewMessage.Of(new Contracts.Messages.UpdateCard(1), "s"));
                scope.Follow(NewMessage.Of(new Contracts.Messages.UpdateCard(2), "s"));
                return Task.FromResult(true);
            },
            Token);
        var seen = new List<(long Incident, int Attempt)>();
        for (var round = 0; round < 30; round++)
        {
            foreach (var row in await _store.ClaimAsync(Contracts.Messages.UpdateCard.Kind))
            {
                await _store.Handling.HandleAsync<Contracts.Messages.UpdateCard>(
                    row.Id, row.LeaseToken,
                    (card, run) =>
                    {
                        seen.Add((card.IncidentId, run.Attempt));
                        return Task.FromResult<Effect>(scope =>
                        {
                            if (seen.Count < 20)
                                scope.Hold(TimeSpan.FromSeconds(30), "the chat is away");
                            return Task.CompletedTask;
                        });
                    },
                    Token);
            }

            _store.Clock.Advance(TimeSpan.FromSeconds(31));
        }

        seen.Select(each => each.Incident).ShouldBe([.. Enumerable.Repeat(1L, 20), 2L]);
        seen.ShouldAllBe(each => each.Attempt <= 2);
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private Task WriteAsync(Func<StoreTransaction, Task> write) => _store.Get<IStore>().WriteAsync(write, Token);
}
