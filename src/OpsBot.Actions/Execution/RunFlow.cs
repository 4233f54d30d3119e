using OpsBot.Actions.Execution.Supervision;
using OpsBot.Contracts.Actions;

namespace OpsBot.Actions.Execution;

/// <summary>What comes next in a run, from its record and what is observed. Pure: every step can be taken again after a crash and comes out the same.</summary>
/// <remarks>
/// <code>
///  Waiting ─ target free ─► Checking ─ all holds, approval consumed ─► Intended ─ ended ─► Exited ─ gates and health ─► Verified
///                               │                                        │ lost              │ worse                      │ a later slot, or a
///                               └─ gate, drift, switch, expiry ─► Refused │  └─ probe          ├─ can be undone ─► Undoing ◄┘ person, wants it undone
///                                                                        ▼                   └─ cannot ──────► Failed  │
///                                            Unknown ◄─ nobody can tell ─┴─ not done ─► Failed                          ├─ state as before ─► Undone
///                                                                                                                       └─ else ──────────► Failed
/// </code>
/// A run keeps its target where a person has to look: when it is unknown, and when it failed after something had been started.
/// </remarks>
internal static class RunFlow
{
    public static RunStage StageOf(ActionRun run, RunJournal journal) => run.Status switch
    {
        RunStatus.Waiting => RunStage.TakeTarget,
        RunStatus.Checking => RunStage.Check,
        RunStatus.Intended => RunStage.FollowCommand,
        RunStatus.Exited => RunStage.Verify,
        RunStatus.Undoing => RunStage.FollowUndo,
        RunStatus.Verified or RunStatus.Failed or RunStatus.Unknown when journal.UndoBecause is not null => RunStage.BeginUndo,
        _ => RunStage.Nothing,
    };

    /// <param name="probe">What the probe said; asked only where nobody wrote down how the command ended.</param>
    /// <param name="lost">Why nobody did.</param>
    public static RunMove AfterCommand(ExitRecord? exit, ProbeAnswer probe, string lost = "Its supervisor was lost") => (exit, probe) switch
    {
        ({ NotStarted: { } why }, _) => new(RunStatus.Failed, $"It was never started: {why}.", KeepsTarget: false),
        ({ } ended, _) => new(RunStatus.Exited, Trouble(ended), KeepsTarget: true),
        (null, { Done: true }) => new(RunStatus.Exited, $"{lost}; the probe says that it was done.", KeepsTarget: true),
        (null, { Done: false }) => new(RunStatus.Failed, $"{lost}; the probe says that it was not done.", KeepsTarget: false),
        _ => new(RunStatus.Unknown, $"{lost}, and {probe.Problem}. Nobody can tell whether it was done.", KeepsTarget: true),
    };

    /// <param name="failed">What was wrong with how the command ended.</param>
    /// <param name="worse">What is worse than before, one sentence each.</param>
    public static RunMove AfterVerification(string? failed, IReadOnlyList<string> worse, bool canUndo)
    {
        List<string> all = failed is null ? [.. worse] : [failed, .. worse];
        return all.Count == 0
            ? new(RunStatus.Verified, null, KeepsTarget: false)
            : new(canUndo ? RunStatus.Undoing : RunStatus.Failed, string.Join(" ", all), KeepsTarget: true);
    }

    /// <param name="before">State right before the run.</param>
    /// <param name="after">State now; null where it could not be read.</param>
    /// <param name="because">Why it was undone.</param>
    public static RunMove AfterUndo(
        ExitRecord? exit, IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string>? after, string because)
    {
        var problem = exit switch
        {
            { NotStarted: { } why } => $"the undo was never started: {why}",
            { } ended when Trouble(ended) is { } trouble => $"the undo failed: {trouble}",
            // Nobody wrote down how it ended: then only the state can tell.
            null when before.Count == 0 => "the undo's supervisor was lost, and there is no state to compare",
            _ when after is null => "the state cannot be read after the undo",
            _ => Difference(before, after) is { } difference ? $"after the undo the state is not as before: {difference}" : null,
        };
        return problem is null
            ? new(RunStatus.Undone, because, KeepsTarget: false)
            : new(RunStatus.Failed, $"{because} {char.ToUpperInvariant(problem[0])}{problem[1..].TrimEnd('.')}.", KeepsTarget: true);
    }

    /// <summary>What is wrong with how it ended, in a sentence; null where it ended well.</summary>
    public static string? Trouble(ExitRecord exit) => exit switch
    {
        { TimedOut: true } => "It was ended at its time limit.",
        { Signal: { } signal } => FormattableString.Invariant($"It was ended by signal {signal}."),
        { ExitCode: { } code and not 0 } => FormattableString.Invariant($"It ended with exit status {code}."),
        _ => null,
    };

    /// <summary>Fields that differ; null where none does.</summary>
    public static string? Difference(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> after)
    {
        var differing = before.Keys.Union(after.Keys).Order(StringComparer.Ordinal)
            .Where(name => before.GetValueOrDefault(name) != after.GetValueOrDefault(name))
            .Select(name => $"{name}: {before.GetValueOrDefault(name, "(none)")} → {after.GetValueOrDefault(name, "(none)")}").ToList();
        return differing.Count == 0 ? null : string.Join("; ", differing.Take(5));
    }
}

/// <summary>What a run's handler does next.</summary>
internal enum RunStage
{
    TakeTarget,
    Check,
    FollowCommand,
    Verify,
    BeginUndo,
    FollowUndo,
    Nothing,
}

/// <summary>Where a run goes.</summary>
/// <param name="Reason">In sentences for people; null where there is nothing to say.</param>
internal sealed record RunMove(RunStatus To, string? Reason, bool KeepsTarget);

/// <summary>What a probe said.</summary>
/// <param name="Done">Null where it could not tell.</param>
/// <param name="Problem">Why it could not; a part of a sentence.</param>
internal sealed record ProbeAnswer(bool? Done, string? Problem)
{
    public static ProbeAnswer NotAsked { get; } = new(null, "the action has no probe");
}
