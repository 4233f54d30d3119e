using OpsBot.Contracts.Ports;
using OpsBot.Storage.Messages;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Storage.Messages;

/// <summary>Rows whose worker crashed, slept past its lease, or never took them.</summary>
public sealed class AbandonedRowsTests : IAsyncLifetime
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
    public async Task A_worker_that_was_paused_past_its_lease_can_change_nothing()
    {
        await _store.Intake.AcceptAsync(Note.Delivered("a", "a"), Token);
        var claimed = (await _store.ClaimAsync(Note.Kind))[0];
        var effects = new List<string>();
        await _store.Handling.HandleAsync<Note>(
            claimed.Id,
            claimed.LeaseToken,
            async (_, context) =>
            {
                // While this one sleeps, its lease is freed and another worker does the work. (A renewal that comes late finds it lost.)
                await _store.Get<IJournal>().AppendAsync(context.Run, "begun", "", Token);
                await FreeAsIfSilentAsync(claimed.Id);
                await _store.HandleAsync((await _store.ClaimAsync(Note.Kind)).ShouldHaveSingleItem(), _ => effects.Add("other worker"));
                await Should.ThrowAsync<LeaseLostException>(
                    () => _store.Get<IJournal>().AppendAsync(context.Run, "late", "", Token));
                return _ =>
                {
                    effects.Add("paused worker");
                    return Task.CompletedTask;
                };
            },
            Token);

        effects.ShouldBe(["other worker"]);
        (await _store.Reader.CountAsync(Token)).Handled.ShouldBe(1);
    }

    [Fact]
    public async Task What_crashes_abandoned_is_retried_alone_and_is_dead_when_it_keeps_happening()
    {
        await _store.Intake.AcceptAsync(Note.Delivered("a", "a"), Token);
        await _store.Intake.AcceptAsync(Note.Delivered("b", "b"), Token);
        for (var crash = 0; crash < 3; crash++)
        {
            var claimed = await _store.ClaimAsync(Note.Kind);
            claimed.Count.ShouldBe(crash < 2 ? 2 : 1, "after two crashes one at a time");
            foreach (var row in claimed)
            {
                await _store.TakeAsync(row);
            }

            await FreeAsIfSilentAsync(claimed.Select(row => row.Id).ToArray());
        }

        (await _store.Reader.DeadAsync(10, Token)).ShouldHaveSingleItem().Error.ShouldNotBeNull().ShouldContain("abandoned");
    }

    [Fact]
    public async Task A_suspected_row_that_is_long_at_work_holds_up_no_other()
    {
        foreach (var key in (string[])["a", "b"])
        {
            await _store.Intake.AcceptAsync(Note.Delivered(key, key), Token);
        }

        for (var crash = 0; crash < 2; crash++)
        {
            var both = await _store.ClaimAsync(Note.Kind);
            foreach (var row in both)
            {
                await _store.TakeAsync(row);
            }

            await FreeAsIfSilentAsync(both.Select(row => row.Id).ToArray());
        }

        await _store.TakeAsync((await _store.ClaimAsync(Note.Kind)).ShouldHaveSingleItem());
        (await _store.ClaimAsync(Note.Kind)).ShouldBeEmpty();
        _store.Clock.Advance(TimeSpan.FromSeconds(59));
        (await _store.ClaimAsync(Note.Kind)).ShouldBeEmpty();
        _store.Clock.Advance(TimeSpan.FromSeconds(1));
        (await _store.ClaimAsync(Note.Kind)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_row_that_only_lay_on_the_bus_is_not_counted_as_abandoned()
    {
        await _store.Intake.AcceptAsync(Note.Delivered("a", "a"), Token);
        for (var crash = 0; crash < 5; crash++)
        {
            var claimed = (await _store.ClaimAsync(Note.Kind)).ShouldHaveSingleItem();
            await FreeAsIfSilentAsync(claimed.Id);
        }

        (await _store.Reader.DeadAsync(10, Token)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_failure_that_comes_after_the_lease_was_freed_changes_nothing()
    {
        await _store.Intake.AcceptAsync(Note.Delivered("a", "a"), Token);
        var claimed = (await _store.ClaimAsync(Note.Kind))[0];

        await _store.Handling.HandleAsync<Note>(
            claimed.Id,
            claimed.LeaseToken,
            async (_, _) =>
            {
                await FreeAsIfSilentAsync(claimed.Id);
                throw new HandlingException(FailureCategory.Refused, "too late");
            },
            Token);

        (await _store.Reader.DeadAsync(10, Token)).ShouldBeEmpty();
        (await _store.ClaimAsync(Note.Kind)).ShouldHaveSingleItem("it is due at once");
    }

    private async Task FreeAsIfSilentAsync(params long[] ids)
    {
        await _store.LapseAsync(ids);
        (await _store.Queue.FreeAbandonedAsync(Token)).ShouldBe(ids.Length);
    }
}
