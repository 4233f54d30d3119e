using OpsBot.Actions.Approvals;
using OpsBot.Actions.Catalog;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Messages;
using OpsBot.Contracts.Ports;
using OpsBot.Storage.Actions;
using OpsBot.Storage.Engine;
using OpsBot.Storage.Messages;

namespace OpsBot.Actions.Execution;

/// <summary>
/// Drives one run from where its record stands to its end: each step is committed before the next begins, so that after a crash the record says what may still be
/// done. Whatever is not certain is asked of the supervisor's folder, then of a probe, then of a person; never tried again.
/// </summary>
public sealed class ActionRunner
{
    private static readonly TimeSpan OtherHost = TimeSpan.FromSeconds(5);

    private readonly IActionReader _reader;
    private readonly IApprovalLedger _ledger;
    private readonly IStore _store;
    private readonly WorkerIdentity _worker;
    private readonly HoldPoints _points;
    private readonly TimeProvider _clock;
    private readonly RunBook _book;
    private readonly RunChecks _checks;
    private readonly RunFolders _folders;
    private readonly RunCommands _commands;
    private readonly TargetTaking _targets;
    private readonly UndoSteps _undo;

    internal ActionRunner(
        IActionReader reader, IApprovalLedger ledger, IStore store, WorkerIdentity worker, HoldPoints points, TimeProvider clock, RunBook book,
        RunChecks checks, RunFolders folders, RunCommands commands, TargetTaking targets, UndoSteps undo)
    {
        (_reader, _ledger, _store, _worker, _points, _clock) = (reader, ledger, store, worker, points, clock);
        (_book, _checks, _folders, _commands, _targets, _undo) = (book, checks, folders, commands, targets, undo);
    }

    /// <summary>Works until the run is over, waits for its target or for a person, or is somebody else's.</summary>
    public async Task<Effect> RunAsync(RunProposal request, HandlingContext context)
    {
        var work = await OpenAsync(request, context);
        // What somebody else intended, before a crash or a stop, may be long ago.
        var isResumed = work.Run.Status == RunStatus.Intended;
        while (true)
        {
            if (work.Run.Host is { } host && host != _worker.Host)
            {
                return scope =>
                {
                    scope.Postpone(OtherHost);
                    return Task.CompletedTask;
                };
            }

            var stage = RunFlow.StageOf(work.Run, work.Journal);
            using var step = ActionMetrics.Step(stage, work.Run);
            var (next, end) = stage switch
            {
                RunStage.TakeTarget => await TakeTargetAsync(work, context),
                RunStage.Check => await CheckAsync(work, context),
                RunStage.FollowCommand => await FollowCommandAsync(work, isResumed, context),
                RunStage.Verify => await VerifyAsync(work, context),
                RunStage.BeginUndo => await _undo.BeginAsync(work, context),
                RunStage.FollowUndo => await _undo.FollowAsync(work, context),
                _ => (work, _ => Task.CompletedTask),
            };
            if (end is not null)
            {
                return end;
            }

            work = next;
        }
    }

    private async Task<RunWork> OpenAsync(RunProposal request, HandlingContext context)
    {
        var view = await _reader.FindProposalAsync(request.ProposalId, request.Version, context.CancellationToken)
            ?? throw new HandlingException(FailureCategory.Unreadable, $"There is no {ActionNames.Proposal(request.ProposalId)} version {request.Version}.");
        var slot = view.Proposal.Slots.FirstOrDefault(each => each.Number == request.Slot)
            ?? throw new HandlingException(FailureCategory.Unreadable, $"{view.Proposal.Name} has no slot {request.Slot}.");
        var first = new ActionRun
        {
            Id = 0,
            ProposalId = request.ProposalId,
            Version = request.Version,
            Slot = request.Slot,
            IncidentId = view.Proposal.IncidentId,
            Action = view.Proposal.Action,
            Target = slot.Target,
            Fence = 0,
            IdempotencyKey = Guid.NewGuid().ToString("N"),
            Status = RunStatus.Waiting,
        };
        return await _store.WriteAsync(
            async transaction =>
            {
                var stored = await RunTable.OpenAsync(transaction, first, new RunJournal().ToJson(), context.Run.MessageId);
                await RunTable.DriveAsync(transaction, stored.Run.Id, context.Run.MessageId);
                return new RunWork(stored.Run, RunJournal.Read(stored.Journal), view.Proposal);
            },
            context.CancellationToken);
    }

    private async Task<(RunWork, Effect?)> TakeTargetAsync(RunWork work, HandlingContext context)
    {
        await _points.ReachAsync("before-lease", context.CancellationToken);
        var (leased, heldBy) = await _targets.TakeAsync(work, RunStatus.Checking, context);
        await _points.ReachAsync("after-lease", context.CancellationToken);
        return heldBy is null ? (leased, null) : (work, scope => _targets.WaitAsync(scope, work, heldBy.Value));
    }

    private async Task<(RunWork, Effect?)> CheckAsync(RunWork work, HandlingContext context)
    {
        var found = await _checks.BeforeAsync(work, context.CancellationToken);
        if (found is not { Refusal: null, Now: { } now })
        {
            return (work, scope => RefuseAsync(scope, work, found));
        }

        var planned = RunCommands.Plan(work, now);
        var (runDigest, undoDigest) = _folders.Prepare(work.Run, planned.Run, planned.Undo);
        var intended = work with
        {
            Run = work.Run with
            {
                Status = RunStatus.Intended,
                Host = _worker.Host,
                Command = planned.Run.Arguments,
                Undo = planned.Undo?.Arguments,
                StateBefore = now.Slot.Slot.State,
                HealthBefore = found.Health,
            },
            Journal = work.Journal with { RunSpec = runDigest, UndoDraft = undoDigest, RunLimitMs = planned.Run.TimeLimitMs, UndoLimitMs = planned.Undo?.TimeLimitMs ?? 0, Long = now.Slot.Plan.Long, IsRemote = now.Slot.Plan.Run.IsRemote },
        };
        await _points.ReachAsync("before-intent", context.CancellationToken);
        string? refusal = null;
        await context.CommitStepAsync(async scope =>
        {
            refusal = await _ledger.ConsumeAsync(
                scope.Transaction, work.Run.ProposalId, work.Run.Version, work.Run.Slot, now.Binding.Hash, scope.Now);
            if (refusal is null)
            {
                await _book.SaveAsync(scope, work, intended);
                await _book.NoteGatesAsync(scope, intended.Run, GatePoint.BeforeRun, found.Gates);
                await _book.NoteAsync(
                    scope, intended.Run, "intended", Actors.OpsBot, ("command", string.Join(' ', planned.Run.Arguments)), ("spec", runDigest), ("hash", now.Binding.Hash),
                    ("undo", planned.Undo is null ? null : string.Join(' ', planned.Undo.Arguments)), ("idempotencyKey", work.Run.IdempotencyKey), ("host", _worker.Host));
                scope.StayOnThisHost();
            }
        });
        await _points.ReachAsync("after-intent", context.CancellationToken);
        return refusal is null ? (intended, null) : (work, scope => RefuseAsync(scope, work, found with { Refusal = refusal }));
    }

    private async Task RefuseAsync(EffectScope scope, RunWork work, BeforeRun found)
    {
        if (found.IsDrift)
        {
            await _ledger.VoidAsync(scope, work.Run.ProposalId, work.Run.Version, found.Refusal!);
        }

        await _book.NoteGatesAsync(scope, work.Run, GatePoint.BeforeRun, found.Gates);
        var refused = work.Run with { Status = RunStatus.Refused, Reason = found.Refusal, HoldsTarget = false, EndedAt = scope.Now };
        await _book.EndAsync(scope, work, work with { Run = refused });
    }

    private async Task<(RunWork, Effect?)> FollowCommandAsync(RunWork work, bool isResumed, HandlingContext context)
    {
        if (isResumed && _commands.IsUnstarted(work) && await _checks.StillAsync(work, context.CancellationToken) is { } refusal && _commands.Forbid(work, refusal))
        {
            var never = work.Run with { Status = RunStatus.Failed, Reason = $"It was never started: {refusal}", HoldsTarget = false, EndedAt = _clock.GetUtcNow() };
            return (work, scope => _book.EndAsync(scope, work, work with { Run = never }));
        }

        await _points.ReachAsync("before-start", context.CancellationToken);
        var (followed, sight) = await _commands.FollowRunAsync(work, context);
        // what a lost connection left behind on the other machine, only a probe there can tell
        var exit = followed.Journal.IsRemote && sight.Exit is { ExitCode: RemoteLine.ConnectionLost } ? null : sight.Exit;
        await _points.ReachAsync("before-exited", context.CancellationToken);
        var probe = exit is null
            ? await _checks.ProbeAsync(followed, RunCommands.Environment(followed.Run), context.CancellationToken)
            : ProbeAnswer.NotAsked;
        var move = sight.Exit is not null && exit is null
            ? RunFlow.AfterCommand(exit, probe, "The connection to the other machine was lost, or never stood")
            : RunFlow.AfterCommand(exit, probe);
        var ended = followed with
        {
            Run = followed.Run with
            {
                Status = move.To,
                Reason = move.Reason,
                HoldsTarget = move.KeepsTarget,
                ExitCode = exit?.ExitCode ?? (exit?.Signal is { } signal ? 128 + signal : null),
                OutputDigest = exit is { NotStarted: null } ? exit.OutputDigest : null,
                StartedAt = followed.Run.StartedAt ?? sight.StartedAt,
                EndedAt = exit?.At ?? _clock.GetUtcNow(),
            },
            Journal = followed.Journal with { RunSeen = true, Trouble = exit is null ? null : RunFlow.Trouble(exit) },
        };
        if (move.To != RunStatus.Exited)
        {
            return (ended, scope =>
            {
                _commands.SayEnd(scope, ended, exit);
                return _book.EndAsync(scope, followed, ended);
            }
            );
        }

        await context.CommitStepAsync(async scope =>
        {
            await _book.SaveAsync(scope, followed, ended);
            _commands.SayEnd(scope, ended, exit);
            await _book.NoteAsync(
                scope, ended.Run, "exited", Actors.OpsBot, ("exitCode", ended.Run.ExitCode?.ToString(System.Globalization.CultureInfo.InvariantCulture)),
                ("output", ended.Run.OutputDigest), ("reason", move.Reason));
        });
        await _points.ReachAsync("after-exited", context.CancellationToken);
        return (ended, null);
    }

    private async Task<(RunWork, Effect?)> VerifyAsync(RunWork work, HandlingContext context)
    {
        // What failed by itself need not be watched for longer.
        var after = work.Journal.Trouble is not null
            ? new AfterRun(work.Run.HealthBefore, [], [])
            : await _checks.AfterAsync(work, context.CancellationToken);
        var move = RunFlow.AfterVerification(work.Journal.Trouble, after.Trouble, work.CanUndo);
        if (move.To == RunStatus.Undoing)
        {
            return await _undo.IntendAsync(work with { Run = work.Run with { HealthAfter = after.Health } }, work, move.Reason!, after, context);
        }

        var ended = work with
        {
            Run = work.Run with { Status = move.To, Reason = move.Reason, HoldsTarget = move.KeepsTarget, HealthAfter = after.Health },
        };
        await _points.ReachAsync("before-verified", context.CancellationToken);
        return (ended, async scope =>
        {
            await _book.NoteGatesAsync(scope, ended.Run, GatePoint.AfterRun, after.Gates);
            await _book.EndAsync(scope, work, ended);
        }
        );
    }
}
