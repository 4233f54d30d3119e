using OpsBot.Actions.Execution;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Messages;
using OpsBot.Storage.Messages;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Actions.Execution;

/// <summary>Runs that nobody drives any more: their message was given up, or their machine is gone.</summary>
public sealed class GivenUpRunTests : IAsyncDisposable
{
    private readonly ActionStage _stage = new();

    private static CancellationToken Token => ActionStage.Token;

    public GivenUpRunTests() =>
        // The command kills its supervisor: nobody writes down how it ended, and there is no probe.
        _stage.Program("effect.sh", $"echo \"$*\" >> '{_stage.In("effects")}'; kill -9 $PPID");

    public ValueTask DisposeAsync() => _stage.DisposeAsync();

    [Fact]
    public async Task An_undo_that_was_given_up_asks_a_person_again()
    {
        var lost = await _stage.LostAsync();
        await _stage.SettleAsync(lost, Settlement.Undo);
        await _stage.GiveUpAsync();
        await _stage.Get<RunWatch>().LookAsync(Token);

        var (now, of) = await _stage.NowAsync(lost);
        (now.Status, now.HoldsTarget, of.Status).ShouldBe((RunStatus.Failed, true, ProposalStatus.Failed));
        now.Reason.ShouldBe("Settled by Ben: looked at the deployment It was not undone: its message was given up; 'opsbot messages dead' says why.");
        await _stage.Get<RunWatch>().LookAsync(Token);
        (await _stage.SettleAsync(lost, Settlement.NotDone)).Accepted.ShouldBeTrue();
        (await _stage.NowAsync(lost)).Run.HoldsTarget.ShouldBeFalse();
    }

    [Fact]
    public async Task A_verified_run_whose_undo_was_given_up_is_locked_until_a_person_has_looked()
    {
        var verified = await VerifiedAsync();
        await WantUndoneAsync(verified);
        await _stage.GiveUpAsync();

        await _stage.Get<RunWatch>().LookAsync(Token);

        var (now, _) = await _stage.NowAsync(verified);
        (now.Status, now.HoldsTarget).ShouldBe((RunStatus.Failed, true));
        now.Reason!.ShouldStartWith("RUN-9 was undone. It was not undone: its message was given up");
    }

    [Fact]
    public async Task What_another_run_has_changed_since_is_not_undone()
    {
        var verified = await VerifiedAsync();
        (await _stage.RunAsync(await _stage.ApprovedAsync("cart", ActionStage.Wipe))).ShouldBeNull();
        await WantUndoneAsync(verified);

        await _stage.HandleRunsAsync();

        var (now, _) = await _stage.NowAsync(verified);
        (now.Status, now.HoldsTarget).ShouldBe((RunStatus.Failed, true));
        now.Reason.ShouldBe("RUN-9 was undone. It was not undone: RUN-2 has changed deployment/cart since.");
        File.Exists(_stage.In("undone")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_run_whose_row_was_given_up_before_it_began_is_refused_and_one_at_work_is_asked_about()
    {
        var proposal = await _stage.ApprovedAsync("cart");
        await _stage.MeddleAsync("insert into target_leases (target, fence, run_id) values ('deployment/cart', 1, 77)");
        await _stage.HandleRunsAsync();
        (await _stage.RunOfAsync(proposal)).Status.ShouldBe(RunStatus.Waiting);
        await _stage.GiveUpAsync();

        await _stage.Get<RunWatch>().LookAsync(Token);

        var run = await _stage.RunOfAsync(proposal);
        (run.Status, run.Reason).ShouldBe((RunStatus.Refused, "Its message was given up; 'opsbot messages dead' says why."));
        _stage.Effects.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_run_whose_machine_does_not_come_back_is_settled_by_a_person_and_not_undone_from_elsewhere()
    {
        var lost = await _stage.LostAsync();
        await _stage.MeddleAsync(
            "update action_runs set status = 'intended', host = 'gone', "
            + "state = replace(replace(state, '\"status\":\"unknown\"', '\"status\":\"intended\"'), '\"host\":\"', '\"host\":\"gone\",\"was\":\"')");
        await _stage.MeddleAsync("update proposal_slots set outcome = null");
        await _stage.MeddleAsync("update messages set handled_at = null, host = 'gone', due_at = 0 where id = (select message_id from action_runs)");
        await _stage.HandleRunsAsync();
        (await _stage.NowAsync(lost)).Run.Status.ShouldBe(RunStatus.Intended, "no other host touches it");

        await _stage.Get<RunWatch>().LookAsync(Token);
        (await _stage.NowAsync(lost)).Run.Reason!.ShouldContain("It waits for the machine 'gone'");
        (await _stage.SettleAsync(lost, Settlement.Undo)).Text.ShouldContain("was started on 'gone', which has what its undo needs");
        (await _stage.SettleAsync(lost, Settlement.NotDone)).Accepted.ShouldBeTrue();

        var (now, of) = await _stage.NowAsync(lost);
        (now.Status, now.HoldsTarget, of.Status).ShouldBe((RunStatus.Failed, false, ProposalStatus.Failed));
    }

    private async Task<ActionRun> VerifiedAsync()
    {
        _stage.Program("effect.sh", $"echo \"$*\" >> '{_stage.In("effects")}'");
        _stage.Program("undo.sh", $"echo \"$*\" >> '{_stage.In("undone")}'");
        var proposal = await _stage.ApprovedAsync("cart");
        (await _stage.RunAsync(proposal)).ShouldBeNull();
        return await _stage.RunOfAsync(proposal);
    }

    /// <summary>As when a later slot of its proposal was undone.</summary>
    private async Task WantUndoneAsync(ActionRun run)
    {
        await _stage.MeddleAsync(
            $"update action_runs set journal = replace(journal, '\"undoBecause\":null', '\"undoBecause\":\"RUN-9 was undone.\"'), undo_wanted = 1 where id = {run.Id}");
        await _stage.Get<Outbox>().CommitAsync(
            scope =>
            {
                scope.Follow(NewMessage.Of(new RunProposal(run.ProposalId, run.Version, run.Slot), Streams.Proposal(run.ProposalId)));
                return Task.FromResult(true);
            },
            Token);
    }
}
