using System.Diagnostics;
using Microsoft.Extensions.Options;
using OpsBot.Actions.Execution;
using OpsBot.Contracts.Actions;
using OpsBot.Storage.Engine;
using OpsBot.Storage.Messages;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Actions.Execution;

/// <summary>Runs that a person settles while something may still be at work on them.</summary>
public sealed class SettleAtWorkTests : IAsyncDisposable
{
    private readonly ActionStage _stage = new();

    private static CancellationToken Token => ActionStage.Token;

    public SettleAtWorkTests() =>
        // The command kills its supervisor: nobody writes down how it ended, and there is no probe.
        _stage.Program("effect.sh", $"echo \"$*\" >> '{_stage.In("effects")}'; kill -9 $PPID");

    public ValueTask DisposeAsync() => _stage.DisposeAsync();

    [Fact]
    public async Task What_is_at_work_can_be_settled_and_undone_only_when_it_has_ended()
    {
        _stage.Program("effect.sh", $"echo \"$*\" >> '{_stage.In("effects")}'; kill -9 $PPID; while [ ! -e '{_stage.In("go")}' ]; do sleep 0.05; done");
        _stage.Program("undo.sh", $"echo \"$*\" >> '{_stage.In("undone")}'");
        var proposal = await _stage.ApprovedAsync("cart");
        await HandleUntilAsync("effects");
        await GiveUpForGoodAsync();
        var run = await _stage.RunOfAsync(proposal);
        run.Status.ShouldBe(RunStatus.Unknown, run.Reason);

        foreach (var how in Enum.GetValues<Settlement>())
            (await _stage.SettleAsync(run, how)).Text.ShouldMatch(@"^RUN-1 is still at work \(process \d+\)\. It ends by itself, or at its time limit at the latest; settle it then\.$");

        await File.WriteAllTextAsync(_stage.In("go"), "", Token);
        await UntilAsync(async () => (await _stage.SettleAsync(run, Settlement.Undo)).Accepted);
        await _stage.HandleRunsAsync();
        (await _stage.NowAsync(run)).Run.Status.ShouldBe(RunStatus.Undone);
        (await File.ReadAllLinesAsync(_stage.In("undone"), Token)).ShouldBe(["cart 4"]);
    }

    [Fact]
    public async Task Nobody_waits_for_the_look_whether_something_is_at_work_and_what_changed_meanwhile_is_looked_at_again()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "a pipe with a name makes the look take as long as the test wants");
        var lost = await _stage.LostAsync();
        var held = Path.Combine(_stage.Get<IOptions<StoreOptions>>().Value.DataFolder, "runs", lost.Name, "run", "lock");
        var pipe = _stage.In("pipe");
        File.Delete(held);
        using (var made = Process.Start("mkfifo", [pipe]))
            await made.WaitForExitAsync(Token);
        File.Move(pipe, held);
        var settling = Task.Run(() => _stage.SettleAsync(lost, Settlement.Done), Token);
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

        (await _stage.NowAsync(lost)).Run.Status.ShouldBe(RunStatus.Unknown);
        (await _stage.SettleAsync(lost, Settlement.Done)).Accepted.ShouldBeTrue();
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
        (await _stage.RunOfAsync(proposal)).Status.ShouldBe(RunStatus.Undoing);
        await GiveUpForGoodAsync();
        var run = await _stage.RunOfAsync(proposal);
        run.Status.ShouldBe(RunStatus.Unknown, run.Reason);
        (await _stage.SettleAsync(run, Settlement.NotDone)).Text.ShouldContain("is still at work");

        await _stage.MeddleAsync("update messages set dead_at = null, due_at = 0 where id = (select max(id) from messages where kind = 'action.run')");
        await _stage.HandleRunsAsync();
        await File.WriteAllTextAsync(_stage.In("go"), "", Token);
        await UntilAsync(async () => (await _stage.SettleAsync(run, Settlement.Undo)).Accepted);
        await _stage.HandleRunsAsync();

        (await _stage.NowAsync(run)).Run.Status.ShouldBe(RunStatus.Undone);
        (await File.ReadAllLinesAsync(_stage.In("undone"), Token)).ShouldBe(["cart 4"]);
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
            await _stage.GiveUpAsync();
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
}
