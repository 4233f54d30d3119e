using System.Diagnostics;
using Microsoft.Extensions.Options;
using OpsBot.Actions.Approvals;
using OpsBot.Actions.Execution;
using OpsBot.Actions.People;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Messages;
using OpsBot.Contracts.Ports;
using OpsBot.Storage.Engine;
using OpsBot.Storage.Messages;
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
        var lost = await LostAsync();
        lost.Reason!.ShouldContain("Nobody can tell whether it was done.");

        (await SettleAsync(lost, how)).ShouldBe(new Answer(true, "RUN-1 is settled; deployment/cart is free again."));

        var (now, of) = await NowAsync(lost);
        (now.Status, now.HoldsTarget, of.Status).ShouldBe((run, false, proposal));
        now.Reason.ShouldBe("Settled by Ben: looked at the deployment");
        (await _stage.CountAsync("select count(*) from target_leases where run_id is not null")).ShouldBe(0);
        (await _stage.CountAsync("select count(*) from audit where kind = 'settled' and actor = 'ben'")).ShouldBe(1);
        _stage.Effects.ShouldHaveSingleItem();
        (await SettleAsync(lost, Settlement.Done)).Text.ShouldContain("waits for nobody; there is nothing to settle");
    }

    [Fact]
    public async Task Undoing_takes_it_back_and_a_second_word_changes_nothing()
    {
        var lost = await LostAsync();
        _stage.In("undone").ShouldSatisfyAllConditions(path => File.Exists(path).ShouldBeFalse());

        (await SettleAsync(lost, Settlement.Undo)).Accepted.ShouldBeTrue();
        (await SettleAsync(lost, Settlement.Done)).ShouldBe(new Answer(true, "RUN-1 is about to be undone."));
        await _stage.HandleRunsAsync();

        var (now, of) = await NowAsync(lost);
        (now.Status, now.HoldsTarget, of.Status).ShouldBe((RunStatus.Undone, false, ProposalStatus.Undone));
        File.ReadAllLines(_stage.In("undone")).ShouldBe(["cart 4"]);
    }

    [Fact]
    public async Task Who_may_not_approve_it_or_says_no_reason_settles_nothing()
    {
        var lost = await LostAsync();

        (await SettleAsync(lost, Settlement.Done, person: "eve")).Text.ShouldBe("RUN-1 is settled by somebody with the role sre; you have none.");
        (await SettleAsync(lost, Settlement.Done, reason: " \n ")).Text.ShouldContain("Say with --reason how you know");
        (await SettleAsync(lost with { Id = 99 }, Settlement.Done)).Text.ShouldBe("There is no RUN-99. 'opsbot actions runs' lists those there are.");
        (await NowAsync(lost)).Run.Status.ShouldBe(RunStatus.Unknown);
    }

    [Fact]
    public async Task What_is_irreversible_cannot_be_settled_by_undoing_it()
    {
        var lost = await LostAsync(ActionStage.Wipe);

        (await SettleAsync(lost, Settlement.Undo)).Text.ShouldBe("RUN-1 cannot be undone: 'wipe' is irreversible.");
        (await NowAsync(lost)).Run.Status.ShouldBe(RunStatus.Unknown);
    }

    [Fact]
    public async Task An_undo_that_was_given_up_asks_a_person_again()
    {
        var lost = await LostAsync();
        await SettleAsync(lost, Settlement.Undo);
        await GiveUpAsync();
        await _stage.Get<RunWatch>().LookAsync(Token);

        var (now, of) = await NowAsync(lost);
        (now.Status, now.HoldsTarget, of.Status).ShouldBe((RunStatus.Failed, true, ProposalStatus.Failed));
        now.Reason.ShouldBe("Settled by Ben: looked at the deployment It was not undone: its message was given up; 'opsbot messages dead' says why.");
        await _stage.Get<RunWatch>().LookAsync(Token);
        (await SettleAsync(lost, Settlement.NotDone)).Accepted.ShouldBeTrue();
        (await NowAsync(lost)).Run.HoldsTarget.ShouldBeFalse();
    }

    [Fact]
    public async Task What_is_at_work_can_be_settled_and_undone_only_when_it_has_ended()
    {
        _stage.Program("effect.sh", $"echo \"$*\" >> '{_stage.In("effects")}'; kill -9 $PPID; while [ ! -e '{_stage.In("go")}' ]; do sleep 0.05; done");
        _stage.Program("undo.sh", $"echo \"$*\" >> '{_stage.In("undone")}'");
        var proposal = await _stage.ApprovedAsync("cart");
        await HandleUntilAsync("effects");
        await GiveUpForGoodAsync();
        var run = await RunOfAsync(proposal);
        run.Status.ShouldBe(RunStatus.Unknown, run.Reason);

        foreach (var how in Enum.GetValues<Settlement>())
            (await SettleAsync(run, how)).Text.ShouldMatch(@"^RUN-1 is still at work \(process \d+\)\. It ends by itself, or at its time limit at the latest; settle it then\.$");

        await File.WriteAllTextAsync(_stage.In("go"), "", Token);
        await UntilAsync(async () => (await SettleAsync(run, Settlement.Undo)).Accepted);
        await _stage.HandleRunsAsync();
        (await NowAsync(run)).Run.Status.ShouldBe(RunStatus.Undone);
        (await File.ReadAllLinesAsync(_stage.In("undone"), Token)).ShouldBe(["cart 4"]);
    }

    [Fact]
    public async Task Nobody_waits_for_the_look_whether_something_is_at_work_and_what_changed_meanwhile_is_looked_at_again()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "a pipe with a name makes the look take as long as the test wants");
        var lost = await LostAsync();
        var held = Path.Combine(_stage.Get<IOptions<StoreOptions>>().Value.DataFolder, "runs", lost.Name, "run", "lock");
        var pipe = _stage.In("pipe");
        File.Delete(held);
        using (var made = Process.Start("mkfifo", [pipe]))
            await made.WaitForExitAsync(Token);
        File.Move(pipe, held);
        var settling = Task.Run(() => SettleAsync(lost, Settlement.Done), Token);
        await UntilAsync(() => Task.FromResult(IsOpening()));

        try
        {
            // A lock of the store that the look held would be waited for here.
            await _stage.Get<Outbox>().CommitAsync(_ => Task.FromResult(true), Token).WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System, Token);
            // Meanwhile somebody takes the run up again: its record changes, and a supervisor is there.
            await _stage.MeddleAsync("update action_runs set journal = replace(journal, '\"takenUpAgain\":0', '\"takenUpAgain\":1')");
            File.Move(held, pipe);
            using var supervisor = new FileStream(held, FileMode.Create, FileAccess.ReadWrite, FileShare.None);
            using var other = Process.Start("/bin/sh", ["-c", $": > '{pipe}'"]);
            (await settling).Text.ShouldStartWith("RUN-1 is still at work");
        }
        finally
        {
            // whoever still opens it is let go
            using var end = new FileStream(File.Exists(pipe) ? pipe : held, FileMode.Open, FileAccess.ReadWrite);
        }

        (await NowAsync(lost)).Run.Status.ShouldBe(RunStatus.Unknown);
        (await SettleAsync(lost, Settlement.Done)).Accepted.ShouldBeTrue();
    }

    /// <summary>Whether a thread of ours waits for the other end of a pipe.</summary>
    private static bool IsOpening() => Directory.EnumerateDirectories("/proc/self/task").Any(thread =>
    {
        try
        {
            return File.ReadAllText(Path.Combine(thread, "wchan")).Contains("wait_for_partner", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            // it has ended meanwhile
            return false;
        }
    });

    [Fact]
    public async Task An_undo_that_is_at_work_is_gone_on_with_and_never_begun_twice()
    {
        _stage.Program("effect.sh", $"echo \"$*\" >> '{_stage.In("effects")}'; exit 3");
        _stage.Program("undo.sh", $"echo \"$*\" >> '{_stage.In("undone")}'; while [ ! -e '{_stage.In("go")}' ]; do sleep 0.05; done");
        var proposal = await _stage.ApprovedAsync("cart");
        await HandleUntilAsync("undone");
        (await RunOfAsync(proposal)).Status.ShouldBe(RunStatus.Undoing);
        await GiveUpForGoodAsync();
        var run = await RunOfAsync(proposal);
        run.Status.ShouldBe(RunStatus.Unknown, run.Reason);
        (await SettleAsync(run, Settlement.NotDone)).Text.ShouldContain("is still at work");

        await _stage.MeddleAsync("update messages set dead_at = null, due_at = 0 where id = (select max(id) from messages where kind = 'action.run')");
        await _stage.HandleRunsAsync();
        await File.WriteAllTextAsync(_stage.In("go"), "", Token);
        await UntilAsync(async () => (await SettleAsync(run, Settlement.Undo)).Accepted);
        await _stage.HandleRunsAsync();

        (await NowAsync(run)).Run.Status.ShouldBe(RunStatus.Undone);
        (await File.ReadAllLinesAsync(_stage.In("undone"), Token)).ShouldBe(["cart 4"]);
    }

    [Fact]
    public async Task A_verified_run_whose_undo_was_given_up_is_locked_until_a_person_has_looked()
    {
        var verified = await VerifiedAsync();
        await WantUndoneAsync(verified);
        await GiveUpAsync();

        await _stage.Get<RunWatch>().LookAsync(Token);

        var (now, _) = await NowAsync(verified);
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

        var (now, _) = await NowAsync(verified);
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
        (await RunOfAsync(proposal)).Status.ShouldBe(RunStatus.Waiting);
        await GiveUpAsync();

        await _stage.Get<RunWatch>().LookAsync(Token);

        var run = await RunOfAsync(proposal);
        (run.Status, run.Reason).ShouldBe((RunStatus.Refused, "Its message was given up; 'opsbot messages dead' says why."));
        _stage.Effects.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_run_whose_machine_does_not_come_back_is_settled_by_a_person_and_not_undone_from_elsewhere()
    {
        var lost = await LostAsync();
        await _stage.MeddleAsync(
            "update action_runs set status = 'intended', host = 'gone', "
            + "state = replace(replace(state, '\"status\":\"unknown\"', '\"status\":\"intended\"'), '\"host\":\"', '\"host\":\"gone\",\"was\":\"')");
        await _stage.MeddleAsync("update proposal_slots set outcome = null");
        await _stage.MeddleAsync("update messages set handled_at = null, host = 'gone', due_at = 0 where id = (select message_id from action_runs)");
        await _stage.HandleRunsAsync();
        (await NowAsync(lost)).Run.Status.ShouldBe(RunStatus.Intended, "no other host touches it");

        await _stage.Get<RunWatch>().LookAsync(Token);
        (await NowAsync(lost)).Run.Reason!.ShouldContain("It waits for the machine 'gone'");
        (await SettleAsync(lost, Settlement.Undo)).Text.ShouldContain("was started on 'gone', which has what its undo needs");
        (await SettleAsync(lost, Settlement.NotDone)).Accepted.ShouldBeTrue();

        var (now, of) = await NowAsync(lost);
        (now.Status, now.HoldsTarget, of.Status).ShouldBe((RunStatus.Failed, false, ProposalStatus.Failed));
    }

    /// <summary>A run whose supervisor was lost.</summary>
    private async Task<ActionRun> LostAsync(string action = ActionStage.RollBack)
    {
        _stage.Program("undo.sh", $"echo \"$*\" >> '{_stage.In("undone")}'");
        var proposal = await _stage.ApprovedAsync("cart", action);
        await _stage.RunAsync(proposal);
        var run = await RunOfAsync(proposal);
        run.Status.ShouldBe(RunStatus.Unknown, run.Reason);
        return run;
    }

    private async Task<ActionRun> VerifiedAsync()
    {
        _stage.Program("effect.sh", $"echo \"$*\" >> '{_stage.In("effects")}'");
        _stage.Program("undo.sh", $"echo \"$*\" >> '{_stage.In("undone")}'");
        var proposal = await _stage.ApprovedAsync("cart");
        (await _stage.RunAsync(proposal)).ShouldBeNull();
        return await RunOfAsync(proposal);
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

    /// <summary>Handles runs until a file is there, and is stopped then.</summary>
    private async Task HandleUntilAsync(string file)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var handling = _stage.HandleRunsAsync(stop.Token);
        await UntilAsync(() => Task.FromResult(File.Exists(_stage.In(file))));
        await stop.CancelAsync();
        try
        {
            await handling;
        }
        catch (OperationCanceledException)
        {
            // as asked
        }
    }

    /// <summary>Its row dies, and so does each that takes it up again.</summary>
    private async Task GiveUpForGoodAsync()
    {
        for (var time = 0; time <= 3; time++)
        {
            await GiveUpAsync();
            await _stage.Get<RunWatch>().LookAsync(Token);
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            TimeProvider.System.GetElapsedTime(begun).ShouldBeLessThan(TimeSpan.FromSeconds(60));
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
        }
    }

    private Task GiveUpAsync() => _stage.MeddleAsync("update messages set dead_at = 1 where kind = 'action.run' and handled_at is null");

    private Task<Answer> SettleAsync(ActionRun run, Settlement how, string person = "ben", string reason = "looked at the deployment") =>
        _stage.Get<SettleDesk>().SettleAsync(_stage.Get<IPeople>().Find(person)!, run.Id, how, reason, Token);

    private async Task<ActionRun> RunOfAsync(Proposal proposal) => (await _stage.Get<IActionReader>().FindProposalAsync(proposal.Id, null, Token))!.Runs.ShouldHaveSingleItem();

    private async Task<(ActionRun Run, Proposal Proposal)> NowAsync(ActionRun run)
    {
        var view = (await _stage.Get<IActionReader>().FindProposalAsync(run.ProposalId, run.Version, Token))!;
        return (view.Runs.Single(each => each.Id == run.Id), view.Proposal);
    }
}
