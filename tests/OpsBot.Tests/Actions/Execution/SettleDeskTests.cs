using OpsBot.Actions.Approvals;
using OpsBot.Actions.Execution;
using OpsBot.Contracts.Actions;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Actions.Execution;

/// <summary>Runs that nobody can judge, and runs that nobody drives any more: a person is asked, and what the person says is done.</summary>
public sealed class SettleDeskTests : IAsyncDisposable
{
    private readonly ActionStage _stage = new();

    private static CancellationToken Token => ActionStage.Token;

    public SettleDeskTests() =>
        // The command kills its supervisor: nobody writes down how it ended, and there is no probe.
        _stage.Program("effect.sh", $"echo \"$*\" >> '{_stage.In("effects")}'; kill -9 $PPID");

    public ValueTask DisposeAsync() => _stage.DisposeAsync();

    [Theory]
    [InlineData(Settlement.Done, RunStatus.Verified, ProposalStatus.Done)]
    [InlineData(Settlement.NotDone, RunStatus.Failed, ProposalStatus.Failed)]
    public async Task What_a_person_found_out_ends_the_run_and_frees_its_target(Settlement how, RunStatus run, ProposalStatus proposal)
    {
        var lost = await _stage.LostAsync();
        lost.Reason!.ShouldContain("Nobody can tell whether it was done.");

        (await _stage.SettleAsync(lost, how)).ShouldBe(new Answer(true, "RUN-1 is settled; deployment/cart is free again."));

        var (now, of) = await _stage.NowAsync(lost);
        (now.Status, now.HoldsTarget, of.Status).ShouldBe((run, false, proposal));
        now.Reason.ShouldBe("Settled by Ben: looked at the deployment");
        (await _stage.CountAsync("select count(*) from target_leases where run_id is not null")).ShouldBe(0);
        (await _stage.CountAsync("select count(*) from audit where kind = 'settled' and actor = 'ben'")).ShouldBe(1);
        _stage.Effects.ShouldHaveSingleItem();
        (await _stage.SettleAsync(lost, Settlement.Done)).Text.ShouldContain("waits for nobody; there is nothing to settle");
    }

    [Fact]
    public async Task Undoing_takes_it_back_and_a_second_word_changes_nothing()
    {
        var lost = await _stage.LostAsync();
        _stage.In("undone").ShouldSatisfyAllConditions(path => File.Exists(path).ShouldBeFalse());

        (await _stage.SettleAsync(lost, Settlement.Undo)).Accepted.ShouldBeTrue();
        (await _stage.SettleAsync(lost, Settlement.Done)).ShouldBe(new Answer(true, "RUN-1 is about to be undone."));
        await _stage.HandleRunsAsync();

        var (now, of) = await _stage.NowAsync(lost);
        (now.Status, now.HoldsTarget, of.Status).ShouldBe((RunStatus.Undone, false, ProposalStatus.Undone));
        File.ReadAllLines(_stage.In("undone")).ShouldBe(["cart 4"]);
    }

    [Fact]
    public async Task Who_may_not_approve_it_or_says_no_reason_settles_nothing()
    {
        var lost = await _stage.LostAsync();

        (await _stage.SettleAsync(lost, Settlement.Done, person: "eve")).Text.ShouldBe("RUN-1 is settled by somebody with the role sre; you have none.");
        (await _stage.SettleAsync(lost, Settlement.Done, reason: " \n ")).Text.ShouldContain("Say with --reason how you know");
        (await _stage.SettleAsync(lost with { Id = 99 }, Settlement.Done)).Text.ShouldBe("There is no RUN-99. 'opsbot actions runs' lists those there are.");
        (await _stage.NowAsync(lost)).Run.Status.ShouldBe(RunStatus.Unknown);
    }

    [Fact]
    public async Task What_is_irreversible_cannot_be_settled_by_undoing_it()
    {
        var lost = await _stage.LostAsync(ActionStage.Wipe);

        (await _stage.SettleAsync(lost, Settlement.Undo)).Text.ShouldBe("RUN-1 cannot be undone: 'wipe' is irreversible.");
        (await _stage.NowAsync(lost)).Run.Status.ShouldBe(RunStatus.Unknown);
    }
}
