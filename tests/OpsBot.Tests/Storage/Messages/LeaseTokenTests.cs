using OpsBot.Storage.Engine;
using OpsBot.Storage.Messages;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Storage.Messages;

/// <summary>Who holds an old lease token changes nothing, also while another holds the row and is not done.</summary>
public sealed class LeaseTokenTests : IAsyncLifetime
{
    private readonly StoreFixture _store = new(options => options.Lease = TimeSpan.FromSeconds(30));
    private readonly TaskCompletionSource _taken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<string> _effects = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _store.Intake.AcceptAsync(Note.Delivered("a", "a"), Token);

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task A_stale_copy_takes_no_row_that_is_claimed_anew()
    {
        var stale = await ClaimAsync();
        await FreeAsync(stale.Id);
        var fresh = await ClaimAsync();

        await HandleAsync(stale, "stale");
        await HandleAsync(fresh, "fresh");

        _effects.ShouldBe(["fresh"]);
    }

    [Fact]
    public async Task A_copy_that_is_found_after_its_lease_ran_out_is_left_alone()
    {
        var late = await ClaimAsync();
        _store.Clock.Advance(TimeSpan.FromSeconds(31));

        await HandleAsync(late, "late");

        _effects.ShouldBeEmpty();
        (await _store.Queue.FreeAbandonedAsync(Token)).ShouldBe(1);
    }

    [Fact]
    public async Task The_paused_worker_commits_nothing_while_another_works()
    {
        var other = await PausedWhileAnotherWorksAsync(() => _ => Add("paused"));

        _effects.ShouldBeEmpty();
        (await _store.Reader.CountAsync(Token)).Handled.ShouldBe(0);
        await EndAsync(other);
    }

    [Fact]
    public async Task The_failure_of_a_paused_worker_is_not_written_to_the_row_of_another()
    {
        var other = await PausedWhileAnotherWorksAsync(() => throw new InvalidOperationException("too late to matter"));

        (await _store.Reader.CountAsync(Token)).Leased.ShouldBe(1);
        await EndAsync(other);
    }

    [Fact]
    public async Task An_old_token_renews_nothing()
    {
        var old = await ClaimAsync();
        await FreeAsync(old.Id);
        var held = await ClaimAsync();
        var until = _store.Clock.GetUtcNow().AddHours(1).ToUnixTimeMilliseconds();

        (await RenewAsync(old, until)).ShouldBeFalse();
        (await RenewAsync(held, until)).ShouldBeTrue();
    }

    /// <summary>A worker whose lease is freed while it works, and that ends while another is in the midst of the same row.</summary>
    private async Task<Task> PausedWhileAnotherWorksAsync(Func<Effect> end)
    {
        var claimed = await ClaimAsync();
        var other = Task.CompletedTask;
        await _store.Handling.HandleAsync<Note>(
            claimed.Id,
            claimed.LeaseToken,
            async (_, _) =>
            {
                await FreeAsync(claimed.Id);
                other = WorkUntilDoneAsync(await ClaimAsync());
                await _taken.Task.WaitAsync(Token);
                return end();
            },
            Token);
        return other;
    }

    private Task WorkUntilDoneAsync(ClaimedMessage row) => _store.Handling.HandleAsync<Note>(
        row.Id,
        row.LeaseToken,
        async (_, _) =>
        {
            _taken.SetResult();
            await _done.Task.WaitAsync(Token);
            return _ => Add("other");
        },
        Token);

    private async Task EndAsync(Task other)
    {
        _done.SetResult();
        await other;
        _effects.ShouldBe(["other"]);
        (await _store.Reader.CountAsync(Token)).Handled.ShouldBe(1);
    }

    private Task HandleAsync(ClaimedMessage row, string who) =>
        _store.Handling.HandleAsync<Note>(row.Id, row.LeaseToken, (_, _) => Task.FromResult<Effect>(_ => Add(who)), Token);

    private Task<bool> RenewAsync(ClaimedMessage row, long until) =>
        _store.Get<IStore>().WriteAsync(transaction => MessageTable.RenewAsync(transaction, row.Id, row.LeaseToken, until), Token);

    private Task Add(string who)
    {
        _effects.Add(who);
        return Task.CompletedTask;
    }

    private async Task<ClaimedMessage> ClaimAsync() => (await _store.ClaimAsync(Note.Kind)).ShouldHaveSingleItem();

    private async Task FreeAsync(long id)
    {
        await _store.LapseAsync(id);
        (await _store.Queue.FreeAbandonedAsync(Token)).ShouldBe(1);
    }
}
