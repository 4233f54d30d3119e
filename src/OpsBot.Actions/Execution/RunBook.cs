using System.Globalization;
using OpsBot.Actions.Approvals;
using OpsBot.Actions.Audit;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Messages;
using OpsBot.Contracts.Ports;
using OpsBot.Runtime.Redaction;
using OpsBot.Storage.Actions;
using OpsBot.Storage.Messages;

namespace OpsBot.Actions.Execution;

/// <summary>Writes runs: row, target, audit and the rows that follow, in the caller's transaction. Nothing else writes one.</summary>
internal sealed class RunBook(IAuditTrail audit, IApprovalLedger ledger, IRedactor redactor, ILiveUpdates live)
{
    /// <summary>Moves a run on. Its target is checked, and let go where the run does not keep it.</summary>
    /// <exception cref="StaleFenceException">Another run has had the target since.</exception>
    public async Task SaveAsync(EffectScope scope, RunWork before, RunWork after)
    {
        if (before.Run.HoldsTarget)
        {
            await TargetLeases.RequireAsync(scope.Transaction, before.Run.Target, before.Run.Id, before.Run.Fence);
        }

        await RunTable.SaveAsync(scope.Transaction, after.Run, after.Journal.ToJson(), before.Run.Fence, after.Journal.UndoBecause is not null);
        if (before.Run.HoldsTarget && !after.Run.HoldsTarget)
        {
            await TargetLeases.ReleaseAsync(scope.Transaction, before.Run.Target, before.Run.Id, before.Run.Fence);
        }

        UpdateCard(scope, after.Run);
    }

    /// <summary>The run is over, or waits for a person: the proposal moves on, and what ran before it is undone where it was.</summary>
    public async Task EndAsync(EffectScope scope, RunWork before, RunWork after, string actor = Actors.OpsBot)
    {
        await SaveAsync(scope, before, after);
        await NoteAsync(scope, after.Run, Word(after.Run.Status), actor, ("reason", after.Run.Reason), ("holdsTarget", after.Run.HoldsTarget ? "yes" : null));
        await ledger.RunEndedAsync(scope, after.Run);
        scope.AfterCommit(() => ActionMetrics.Ended(after.Run, scope.Now));
        if (after.Run.Status == RunStatus.Undone && await RunTable.VerifiedBeforeAsync(scope.Transaction, after.Run) is { } earlier)
        {
            var journal = RunJournal.Read(earlier.Journal) with { UndoBecause = $"{after.Run.Name}, a later part of the same proposal, was undone." };
            await RunTable.SaveAsync(scope.Transaction, earlier.Run, journal.ToJson(), earlier.Run.Fence, undoWanted: true);
            Drive(scope, earlier.Run);
        }
    }

    /// <summary>A row that takes a run up again.</summary>
    public static void Drive(EffectScope scope, ActionRun run) =>
        scope.Follow(NewMessage.Of(new RunProposal(run.ProposalId, run.Version, run.Slot), Streams.Proposal(run.ProposalId)));

    public Task NoteAsync(EffectScope scope, ActionRun run, string kind, string actor, params (string Name, string? Value)[] details)
    {
        var all = new Dictionary<string, string>
        {
            ["proposal"] = string.Create(CultureInfo.InvariantCulture, $"{ActionNames.Proposal(run.ProposalId)} v{run.Version} slot {run.Slot}"),
            ["target"] = run.Target,
            ["fence"] = run.Fence.ToString(CultureInfo.InvariantCulture),
        };
        foreach (var (name, value) in details.Where(detail => detail.Value is not null))
        {
            all[name] = OneLine.Of(redactor.Redact(value!), 2000);
        }

        return audit.AppendAsync(scope.Transaction, new AuditEntry(kind, actor, run.Name, all), scope.Now);
    }

    public async Task NoteGatesAsync(EffectScope scope, ActionRun run, GatePoint point, IReadOnlyList<GateVerdict> verdicts)
    {
        foreach (var verdict in verdicts)
        {
            await NoteAsync(
                scope, run, "gate", Actors.OpsBot, ("point", point.ToString()), ("gate", verdict.Gate), ("verdict", verdict.Passed ? "passed" : "denied"),
                ("reason", verdict.Reason));
        }
    }

    /// <summary>Says one thing of a run in its incident's thread, once.</summary>
    public static void Reply(EffectScope scope, ActionRun run, string name, string text)
    {
        if (run.IncidentId is { } incident)
        {
            var reply = new PostReply(incident, $"{Names.Incident(incident)}/{run.Name}/{name}", text, "proposal");
            scope.Follow(NewMessage.Of(reply, Streams.Thread(incident)));
        }
    }

    private void UpdateCard(EffectScope scope, ActionRun run)
    {
        if (run.IncidentId is { } incident)
        {
            scope.Follow(NewMessage.Of(new UpdateCard(incident), Streams.Thread(incident), coalesce: true));
            scope.AfterCommit(() => live.IncidentChanged(incident));
        }
    }

    private static string Word(RunStatus status) => status.ToString().ToLowerInvariant();
}
