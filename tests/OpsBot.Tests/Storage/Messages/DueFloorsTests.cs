using OpsBot.Storage.Engine;
using OpsBot.Storage.Messages;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Storage.Messages;

/// <summary>A look that begins where the last one found something misses nothing for long.</summary>
public sealed class DueFloorsTests : IAsyncDisposable
{
    private readonly StoreFixture _store = new(messages => messages.Lease = TimeSpan.FromMinutes(10));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task What_goes_back_below_where_the_looks_begin_is_found_a_moment_later()
    {
        await AddAsync("early");
        var early = (await ClaimAsync()).ShouldHaveSingleItem();
        _store.Clock.Advance(TimeSpan.FromSeconds(20));
        await AddAsync("late");
        (await ClaimAsync()).ShouldHaveSingleItem();

        await _store.Queue.ReleaseAsync([early.Id], Token);
        _store.Clock.Advance(DueFloors.FromBeginningEvery);

        (await ClaimAsync()).ShouldHaveSingleItem().Id.ShouldBe(early.Id);
    }

    [Fact]
    public async Task What_comes_next_of_a_sender_is_found_at_once()
    {
        for (var number = 0; number < 5; number++)
        {
            await AddAsync($"s{number}");
            (await ClaimAsync()).ShouldHaveSingleItem($"row {number}");
            _store.Clock.Advance(TimeSpan.FromMilliseconds(1));
        }
    }

    [Fact]
    public async Task What_another_host_commits_a_little_late_is_found_at_once()
    {
        await AddAsync("first");
        await ClaimAsync();
        await AddAsync("of another host, whose commit took long", dueInMs: -400);
        (await ClaimAsync()).ShouldHaveSingleItem();
    }

    private Task AddAsync(string stream, int dueInMs = 0) => _store.Get<IStore>().WriteAsync(
        transaction => MessageTable.InsertAsync(
            transaction, [NewMessage.Of(new Note("n"), stream, TimeSpan.FromMilliseconds(dueInMs))], deliveryKey: null, _store.Clock.GetUtcNow().ToUnixTimeMilliseconds()),
        Token);

    private Task<IReadOnlyList<ClaimedMessage>> ClaimAsync() => _store.Queue.ClaimAsync(new Dictionary<string, int> { [Note.Kind] = 32 }, Token);
}
