using OpsBot.Contracts.Actions;
using OpsBot.Storage.Actions;
using OpsBot.Storage.Messages;

namespace OpsBot.Actions.Execution;

/// <summary>The steps that take a run back. As with the run itself each is committed before the next begins.</summary>
internal sealed class UndoSteps(
    WorkerIdentity worker, HoldPoints points, TimeProvider clock, RunBook book, RunChecks checks, RunFolders folders, RunCommands commands, TargetTaking targets)
{
    /// <summary>A run that had ended is to be undone after all: by a person, or because a later part of its proposal was.</summary>
    public async Task<(RunWork, Effect?)> BeginAsync(RunWork work, HandlingContext context)
    {
        var because = work.Journal.UndoBecause!;
        if (!work.CanUndo)
        {
            return (work, scope => StayAsync(scope, work, $"{because} It cannot be undone: the action has no undo."));
        }

        var held = work;
        if (!work.Run.HoldsTarget)
        {
            // In the transaction that takes it: once the fence is ours it no longer tells who came between.
            (held, var heldBy) = await targets.TakeAsync(work, work.Run.Status, context, async (scope, taken) =>
            {
                if (await RunTable.OtherSinceAsync(scope.Transaction, work.Run) is { } other)
                {
                    return await StayAsync(scope, work, $"{because} It was not undone: {other.Run.Name} has changed {work.Run.Target} since.");
                }

                await book.SaveAsync(scope, work, taken);
                return taken;
            });
            if (heldBy is not null)
            {
                return (work, scope => targets.WaitAsync(scope, work, heldBy.Value));
            }

            if (held.Journal.UndoBecause is null)
            {
                return (held, null);
            }
        }

        if (held.Journal.UndoSpec is not null)
        {
            // It was intended before, and may be at work: that one is followed, and no second one is begun beside it.
            var again = held with { Run = held.Run with { Status = RunStatus.Undoing, Reason = because } };
            await context.CommitStepAsync(scope => book.SaveAsync(scope, held, again));
            return (again, null);
        }

        if (held.Run.Status == RunStatus.Unknown)
        {
            // Nobody saw the command end, and what is still at work must not be undone.
            await commands.AwaitEndAsync(held, context.CancellationToken);
        }

        return await IntendAsync(held, held, because, null, context);
    }

    /// <summary>It ends as it stood, with the target locked: a person has to look.</summary>
    private async Task<RunWork> StayAsync(EffectScope scope, RunWork work, string reason)
    {
        var failed = (await TargetTaking.LockedAsync(scope, work.Run)) with { Status = RunStatus.Failed, Reason = reason };
        var stayed = work with { Run = failed, Journal = work.Journal with { UndoBecause = null } };
        await book.EndAsync(scope, work, stayed);
        return stayed;
    }

    /// <summary>Commits that it is about to be undone, before anything is started.</summary>
    /// <param name="stored">As the store has it; <paramref name="work"/> may be further on.</param>
    /// <param name="after">What was found after the run, where that is why.</param>
    public async Task<(RunWork, Effect?)> IntendAsync(RunWork work, RunWork stored, string because, AfterRun? after, HandlingContext context)
    {
        var digest = folders.PrepareUndo(work.Run, work.Journal.UndoDraft!, RunCommands.UndoEnvironment(work.Run), work.Journal.IsRemote);
        if (digest is null)
        {
            var failed = work.Run with { Status = RunStatus.Failed, Reason = $"{because} Its undo cannot be read as it was approved.", HoldsTarget = true };
            return (work, scope => book.EndAsync(scope, stored, work with { Run = failed, Journal = work.Journal with { UndoBecause = null } }));
        }

        var undoing = work with
        {
            Run = work.Run with { Status = RunStatus.Undoing, Reason = because, HoldsTarget = true, Host = worker.Host },
            Journal = work.Journal with { UndoSpec = digest, UndoSeen = false, UndoBecause = because },
        };
        await points.ReachAsync("before-undoing", context.CancellationToken);
        await context.CommitStepAsync(async scope =>
        {
            await book.SaveAsync(scope, stored, undoing);
            await book.NoteGatesAsync(scope, undoing.Run, GatePoint.AfterRun, after?.Gates ?? []);
            await book.NoteAsync(
                scope, undoing.Run, "undoing", work.Journal.UndoAskedBy ?? Actors.OpsBot, ("reason", because), ("command", string.Join(' ', work.Run.Undo ?? [])), ("spec", digest));
            RunBook.Reply(scope, undoing.Run, "undoing", $"{undoing.Run.Name} ({undoing.Run.Action} on {undoing.Run.Target}) is being undone: {because}");
            scope.StayOnThisHost();
        });
        await points.ReachAsync("after-undoing", context.CancellationToken);
        return (undoing, null);
    }

    /// <summary>Starts the undo, or takes up one that was started, and sees it to its end.</summary>
    public async Task<(RunWork, Effect?)> FollowAsync(RunWork work, HandlingContext context)
    {
        await points.ReachAsync("before-undo-start", context.CancellationToken);
        var (followed, sight) = await commands.FollowUndoAsync(work, context);
        var state = await checks.StateAsync(followed, context.CancellationToken);
        var move = RunFlow.AfterUndo(sight.Exit, followed.Run.StateBefore, state, followed.Journal.UndoBecause ?? "It was to be undone.");
        var ended = followed with
        {
            Run = followed.Run with { Status = move.To, Reason = move.Reason, HoldsTarget = move.KeepsTarget, EndedAt = clock.GetUtcNow() },
            // This undo has come to its end; a person may want another one.
            Journal = followed.Journal with { UndoBecause = null, UndoSpec = null, UndoSeen = false },
        };
        await points.ReachAsync("before-undone", context.CancellationToken);
        return (ended, scope => book.EndAsync(scope, followed, ended));
    }
}
