using System.Diagnostics;
using System.Globalization;
using OpsBot.Actions.Execution;
using OpsBot.Contracts.Actions;
using OpsBot.IntegrationTests.Support;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Actions;

/// <summary>How one life of the program ends.</summary>
/// <param name="HoldAt">Killed while it holds there; null for a random moment.</param>
/// <param name="SupervisorAt">Its supervisors are killed while they hold there, then the program.</param>
internal sealed record Life(string? HoldAt, string? SupervisorAt, TimeSpan After)
{
    public override string ToString() => HoldAt ?? (SupervisorAt is null ? FormattableString.Invariant($"{After.TotalMilliseconds:0} ms after its start") : $"supervisor {SupervisorAt}");
}

/// <summary>Program and supervisors are killed from outside at every boundary of a run, and at random, while approved actions are at work.</summary>
public sealed class KillRoundsTests(ITestOutputHelper output)
{
    private static readonly string[] Points =
    [
        "before-lease", "after-lease", "before-intent", "after-intent", "before-start", "before-exited", "after-exited", "before-undoing", "after-undoing",
        "before-undo-start", "before-undone", "before-verified", "before-commit", "after-commit",
    ];

    private static readonly string[] SupervisorPoints = ["before-started", "after-started", "after-spawn", "after-pid", "before-exit", "after-exit"];

    private static readonly int Seed = int.TryParse(Environment.GetEnvironmentVariable("OPSBOT_SEED"), CultureInfo.InvariantCulture, out var seed) ? seed : 20260302;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Killed_at_every_boundary_and_at_random_it_does_nothing_twice_and_loses_nothing()
    {
        // What a crash abandoned is taken up one by one, so that a thousand rounds on one store would mostly wait.
        var (batches, rounds) = LongRun.IsOn ? (10, 100) : (1, 3);
        for (var batch = 0; batch < batches; batch++)
        {
            await PlayAsync(rounds, Seed + batch);
        }
    }

    private async Task PlayAsync(int rounds, int seed)
    {
        var random = new Random(seed);
        var (begun, supervisors) = (TimeProvider.System.GetTimestamp(), 0);
        await using var stage = new ActionStage();
        await stage.OpenIncidentAsync(Cancel);
        var approved = new List<(Proposal Proposal, string Kind, string Name)>();
        IReadOnlyList<long> asked;
        foreach (var life in Plan(rounds, random))
        {
            await ApproveAsync(stage, approved, random);
            supervisors += await LiveAsync(stage, life, random);
            output.WriteLine($"killed at {life}");
        }

        await using (var last = await OpsBotProcess.ServeAsync(stage.Folder, stage.Config, Cancel))
        {
            asked = await SettleAsync(stage);
            (await last.TerminateAsync(Cancel)).ShouldBe(0, last.Errors);
        }

        var runs = await stage.RunsAsync(Cancel);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            {rounds} rounds, seed {seed}, {TimeProvider.System.GetElapsedTime(begun).TotalSeconds:0.0} s; {supervisors} supervisors killed alone, {asked.Count} runs settled by a person
            {approved.Count} approved proposals, {stage.Effects().Count} effects; runs: {string.Join(", ", runs.GroupBy(run => run.Status).Select(group => $"{group.Count()} {group.Key}"))}
            """));
        Check(stage, runs, approved, asked);
    }

    private static IEnumerable<Life> Plan(int rounds, Random random)
    {
        var lives = Enumerable.Range(0, rounds).Select(i => (i % (Points.Length + SupervisorPoints.Length + 4)) switch
        {
            var point when point < Points.Length => new Life($"{Points[point]}:{random.Next(1, point is 7 or 8 or 9 or 10 ? 2 : 3)}", null, TimeSpan.Zero),
            var point when point < Points.Length + SupervisorPoints.Length => new Life(null, SupervisorPoints[point - Points.Length], TimeSpan.FromMilliseconds(random.Next(0, 600))),
            _ => new Life(null, null, TimeSpan.FromMilliseconds(random.Next(100, 2500))),
        }).ToArray();
        random.Shuffle(lives);
        return lives;
    }

    /// <summary>Enough of each kind that every point is reached in this life, whatever was left by the one before.</summary>
    private static async Task ApproveAsync(ActionStage stage, List<(Proposal, string, string)> approved, Random random)
    {
        foreach (var outcome in (string[])["good", "worse", random.Next(2) == 0 ? "fails" : "worse"])
        {
            var name = stage.NewName();
            approved.Add((await stage.ChangeAsync(name, outcome, Cancel), outcome, name));
        }

        var log = $"log{random.Next(4)}";
        foreach (var way in (string[])["append-a", "append-b"])
        {
            if (await stage.TryApproveAsync(way, [new Dictionary<string, string> { ["name"] = log }], Cancel) is { } append)
            {
                approved.Add((append, "append", log));
            }
        }
    }

    private static async Task<int> LiveAsync(ActionStage stage, Life life, Random random)
    {
        await using var serve = OpsBotProcess.Start(stage.Folder, stage.Config, life.HoldAt, life.SupervisorAt);
        var killed = 0;
        if (life.HoldAt is not null)
        {
            try
            {
                (await serve.Held.WaitAsync(OpsBotProgram.Patience, TimeProvider.System, Cancel)).ShouldBeTrue($"it ended before {life}:\n{serve.Errors}");
            }
            catch (TimeoutException)
            {
                var runs = (await stage.RunsAsync(Cancel)).Where(run => !run.IsOver).Select(run => $"{run.Name} {run.Status} {run.Target} {run.Reason}");
                var rows = stage.Store.Lines("select id, kind, stream, leased_by, attempts, abandoned, error from messages where handled_at is null and dead_at is null and kind <> 'action.expire'");
                Assert.Fail($"it did not come to {life}:\n{serve.Errors}\n{string.Join('\n', runs)}\n{string.Join('\n', rows)}");
            }
        }
        else if (life.SupervisorAt is not null)
        {
            await OpsBotProgram.UntilAsync(() => Task.FromResult(KillHeld(stage, ref killed) ? "killed" : null), $"a supervisor to hold at {life}", Cancel);
            var begun = TimeProvider.System.GetTimestamp();
            while (TimeProvider.System.GetElapsedTime(begun) < life.After)
            {
                KillHeld(stage, ref killed);
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancel);
            }
        }
        else
        {
            await Task.Delay(life.After, TimeProvider.System, Cancel);
        }

        // Sometimes what it started ends before anybody looks, sometimes after.
        await serve.KillAsync();
        while (KillHeld(stage, ref killed) || (life.SupervisorAt is not null && stage.HasSupervisors()))
        {
            // One that was just being started comes to its hold point after us, and would hold there for ever.
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(1, 100)), TimeProvider.System, Cancel);
        }

        return killed;
    }

    private static bool KillHeld(ActionStage stage, ref int killed)
    {
        var held = stage.HeldSupervisors();
        foreach (var (file, pid) in held)
        {
            File.Delete(file);
            using var process = Process.GetProcessById(pid);
            process.Kill();
            killed++;
        }

        return held.Count > 0;
    }

    /// <summary>Waits until nothing is at work, and settles what only a person can. Returns the runs that a person was asked about.</summary>
    private static async Task<IReadOnlyList<long>> SettleAsync(ActionStage stage)
    {
        var asked = new List<long>();
        await OpsBotProgram.UntilAsync(
            async () =>
            {
                foreach (var run in (await stage.RunsAsync(Cancel)).Where(run => run.HoldsTarget && run.Status is RunStatus.Failed or RunStatus.Unknown))
                {
                    var told = $"select count(*) from thread_replies where text like '%{run.Name} %' and (text like '%settle%' or text like '%has to look%')";
                    await OpsBotProgram.UntilAsync(
                        () => Task.FromResult(stage.Store.Count(told) > 0 ? "told" : null), $"somebody to be asked about {run.Name}, which is {run.Status}: {run.Reason}", Cancel);
                    (await stage.SettleAsync(run.Id, Settlement.NotDone, Cancel)).Accepted.ShouldBeTrue();
                    asked.Add(run.Id);
                }

                return stage.Pending() == 0 ? "all" : null;
            },
            "everything to be over", Cancel, TimeSpan.FromMinutes(10));
        return asked;
    }

    private static void Check(ActionStage stage, IReadOnlyList<ActionRun> runs, List<(Proposal Proposal, string Kind, string Name)> approved, IReadOnlyList<long> asked)
    {
        var effects = stage.Effects();
        effects.GroupBy(effect => effect.Key).Where(group => group.Count() > 1).ShouldBeEmpty("effects that happened twice");
        stage.Overlaps().ShouldBeEmpty("writers that overlapped");
        stage.Store.Lines("select id, kind, error from messages where dead_at is not null").ShouldBeEmpty("messages given up");
        stage.Store.Lines("select target, run_id from target_leases where run_id is not null").ShouldBeEmpty("targets left locked");
        foreach (var (proposal, kind, name) in approved)
        {
            var run = runs.Where(run => run.ProposalId == proposal.Id && run.Version == proposal.Version).ShouldHaveSingleItem($"{proposal.Name} was approved");
            run.IsOver.ShouldBeTrue($"{run.Name} of {proposal.Name} ({kind}) is {run.Status}: {run.Reason}");
            var own = string.Join(' ', effects.Where(effect => effect.Run == run.Name).Select(effect => effect.Op));
            var what = $"{run.Name} of {proposal.Name} ({kind}) is {run.Status}: {run.Reason}";
            if (asked.Contains(run.Id))
            {
                // Nobody could tell: any of these may be what the person finds.
                own.ShouldBeOneOf("", "run", "run undo");
                continue;
            }

            own.ShouldBe(run.Status switch { RunStatus.Verified => "run", RunStatus.Undone => "run undo", _ => "" }, what);
            if (kind != "append")
            {
                stage.VersionOf(name).ShouldBe(run.Status == RunStatus.Verified ? 2 : 1, what);
            }
        }
    }
}
