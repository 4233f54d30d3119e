using OpsBot.Contracts.Actions;
using OpsBot.Storage.Actions;
using OpsBot.Storage.Engine;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Actions.Execution;

public sealed class TargetLeasesTests : IAsyncLifetime
{
    private readonly StoreFixture _store = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task One_run_has_a_target_and_each_lease_has_a_higher_fence()
    {
        (await AcquireAsync(7)).ShouldBe(new LeaseAnswer(1, null));
        (await AcquireAsync(8)).ShouldBe(new LeaseAnswer(null, 7));
        (await AcquireAsync(7)).ShouldBe(new LeaseAnswer(1, null), "it has it already");

        await WriteAsync(transaction => TargetLeases.ReleaseAsync(transaction, "t", 7, 1));

        (await AcquireAsync(8)).ShouldBe(new LeaseAnswer(2, null));
    }

    [Fact]
    public async Task A_stale_fence_is_rejected_whatever_it_wants()
    {
        await AcquireAsync(7);
        await WriteAsync(transaction => TargetLeases.ReleaseAsync(transaction, "t", 7, 1));
        await AcquireAsync(8);

        await ShouldBeStaleAsync(transaction => TargetLeases.RequireAsync(transaction, "t", 7, 1));
        await ShouldBeStaleAsync(transaction => TargetLeases.ReleaseAsync(transaction, "t", 7, 1));
        await ShouldBeStaleAsync(transaction => TargetLeases.ReleaseAsync(transaction, "t", 7, 2));
        await ShouldBeStaleAsync(transaction => TargetLeases.RequireAsync(transaction, "t", 8, 1));
        await WriteAsync(transaction => TargetLeases.RequireAsync(transaction, "t", 8, 2));
    }

    [Fact]
    public async Task A_run_is_made_once_a_slot_and_written_only_by_who_knows_its_fence()
    {
        var run = new ActionRun
        {
            Id = 0,
            ProposalId = 3,
            Version = 1,
            Slot = 1,
            Action = "a",
            Target = "t",
            Fence = 0,
            IdempotencyKey = "k",
            Status = RunStatus.Waiting,
        };
        var first = await _store.Get<IStore>().WriteAsync(transaction => RunTable.OpenAsync(transaction, run, "{}", 1), Token);
        var again = await _store.Get<IStore>().WriteAsync(transaction => RunTable.OpenAsync(transaction, run with { IdempotencyKey = "other" }, "{}", 2), Token);
        again.Run.Id.ShouldBe(first.Run.Id);
        again.Run.IdempotencyKey.ShouldBe("k");

        await WriteAsync(transaction => RunTable.SaveAsync(transaction, first.Run with { Fence = 5 }, "{}", fence: 0));

        await ShouldBeStaleAsync(transaction => RunTable.SaveAsync(transaction, first.Run with { Status = RunStatus.Verified }, "{}", fence: 0));
        (await _store.Get<IStore>().WriteAsync(transaction => RunTable.FindAsync(transaction, first.Run.Id), Token))!.Run.Status.ShouldBe(RunStatus.Waiting);
    }

    private Task<LeaseAnswer> AcquireAsync(long run) => _store.Get<IStore>().WriteAsync(transaction => TargetLeases.AcquireAsync(transaction, "t", run), Token);

    private Task WriteAsync(Func<StoreTransaction, Task> work) => _store.Get<IStore>().WriteAsync(work, Token);

    private async Task ShouldBeStaleAsync(Func<StoreTransaction, Task> work) => await Should.ThrowAsync<StaleFenceException>(() => WriteAsync(work));
}
