using OpsBot.Actions.Approvals;
using OpsBot.Actions.Execution.Supervision;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Ports;
using OpsBot.Storage.Actions;
using OpsBot.Storage.Messages;

namespace OpsBot.Actions.Execution;

/// <summary>What a person found out about a run that nobody else could judge.</summary>
public enum Settlement
{
    /// <summary>It was done, and all is well.</summary>
    Done,

    /// <summary>It was not done, or has been put right by hand.</summary>
    NotDone,

    /// <summary>Undo it.</summary>
    Undo,
}

/// <summary>A person settles what a run left open; then its target is free again.</summary>
public sealed class SettleDesk
{
    private const int MostLooks = 5;

    private readonly Outbox _outbox;
    private readonly IActionReader _reader;
    private readonly RunBook _book;
    private readonly WorkerIdentity _worker;

    private readonly RunCommands _commands;

    internal SettleDesk(Outbox outbox, IActionReader reader, RunBook book, WorkerIdentity worker, RunCommands commands) =>
        (_outbox, _reader, _book, _worker, _commands) = (outbox, reader, book, worker, commands);

    public async Task<Answer> SettleAsync(Person person, long runId, Settlement how, string reason, CancellationToken cancellationToken)
    {
        if (await _reader.FindRunAsync(runId, cancellationToken) is not { } seen
            || await _reader.FindProposalAsync(seen.ProposalId, seen.Version, cancellationToken) is not { Proposal: { } proposal })
        {
            return new Answer(false, $"There is no {ActionNames.Run(runId)}. 'opsbot actions runs' lists those there are.");
        }

        if (!proposal.ApproverRoles.Intersect(person.Roles, StringComparer.Ordinal).Any())
        {
            return new Answer(false, $"{seen.Name} is settled by somebody with the role {ProposalTexts.Roles(proposal.ApproverRoles)}; you have {(person.Roles.Count == 0 ? "none" : string.Join(", ", person.Roles))}.");
        }

        if (OneLine.Of(reason, 500) is not { Length: > 0 } words)
        {
            return new Answer(false, $"Say with --reason how you know: it goes into the audit with your name.");
        }

        for (var look = 0; look < MostLooks; look++)
        {
            if (await LookAsync(runId, proposal, words, person, how, cancellationToken) is { } answer)
            {
                return answer;
            }
        }

        return new Answer(false, $"{seen.Name} moves on by itself just now; look at it again with 'opsbot actions runs', and settle what is still open then.");
    }

    /// <summary>
    /// Looks whether anything of it is at work, which may take a while on a busy machine, and settles it where it still stands as it did then: nothing of a run is
    /// started without its record changing first. Nobody else waits for the look, as they would within the transaction.
    /// </summary>
    /// <returns>Null where it changed meanwhile, so that the look is worth nothing.</returns>
    private async Task<Answer?> LookAsync(long runId, Proposal proposal, string words, Person person, Settlement how, CancellationToken cancellationToken)
    {
        var looked = await _outbox.CommitAsync(scope => RunTable.FindAsync(scope.Transaction, runId), cancellationToken);
        var living = looked is { Run: { Status: RunStatus.Unknown } run } && run.Host == _worker.Host ? _commands.AtWork(Work(looked, proposal)) : null;
        return await _outbox.CommitAsync(
            async scope => await RunTable.FindAsync(scope.Transaction, runId) is not { } stored ? new Answer(false, $"There is no {ActionNames.Run(runId)}.")
                : looked is null || !IsAsBefore(looked, stored) ? null
                : await SettleAsync(scope, Work(stored, proposal), living, person, how, words),
            cancellationToken);
    }

    private static RunWork Work(StoredRun stored, Proposal proposal) => new(stored.Run, RunJournal.Read(stored.Journal), proposal);

    private static bool IsAsBefore(StoredRun looked, StoredRun stored) =>
        (looked.Run.Status, looked.Run.Fence, looked.Run.Host, looked.Journal) == (stored.Run.Status, stored.Run.Fence, stored.Run.Host, stored.Journal);

    private async Task<Answer> SettleAsync(EffectScope scope, RunWork work, PidRecord? living, Person person, Settlement how, string words)
    {
        var run = work.Run;
        var left = (await RunTable.LeftByHostAsync(scope.Transaction, _worker.Host, scope.Now - RunWatch.HostPatience)).Any(each => each.Run.Id == run.Id);
        if (!run.HoldsTarget || (run.Status is not (RunStatus.Unknown or RunStatus.Failed) && !left))
        {
            return new Answer(false, $"{run.Name} is {run.Status.ToString().ToLowerInvariant()} and waits for nobody; there is nothing to settle.");
        }

        if (living is not null)
        {
            return new Answer(false, $"{run.Name} is still at work{(living.Pid > 0 ? FormattableString.Invariant($" (process {living.Pid})") : "")}. It ends by itself, or at its time limit at the latest; settle it then.");
        }

        if (work.Journal.UndoBecause is not null)
        {
            return new Answer(true, $"{run.Name} is about to be undone.");
        }

        if (how == Settlement.Undo && left)
        {
            return new Answer(false, $"{run.Name} was started on '{run.Host}', which has what its undo needs. Put it right by hand and settle it as not done.");
        }

        var reason = $"Settled by {person.Name}: {words}";
        if (how == Settlement.Undo && !work.CanUndo)
        {
            return new Answer(false, $"{run.Name} cannot be undone: {(work.Proposal.Risk == Contracts.Diagnoses.ActionRisk.Reversible ? "its undo was never written down" : $"'{run.Action}' is irreversible")}.");
        }

        await _book.NoteAsync(scope, run, "settled", person.Id, ("as", how.ToString()), ("reason", words));
        if (how == Settlement.Undo)
        {
            var asked = work with { Journal = work.Journal with { UndoBecause = reason, UndoAskedBy = person.Id } };
            await _book.SaveAsync(scope, work, asked);
            RunBook.Drive(scope, run);
            return new Answer(true, $"{run.Name} is being undone.");
        }

        var settled = run with { Status = how == Settlement.Done ? RunStatus.Verified : RunStatus.Failed, Reason = reason, HoldsTarget = false };
        await _book.EndAsync(scope, work, work with { Run = settled }, person.Id);
        RunBook.Reply(scope, settled, "settled", $"{run.Name} is settled by {person.Name} as {(how == Settlement.Done ? "done" : "not done")}: {words} {run.Target} is free again.");
        return new Answer(true, $"{run.Name} is settled; {run.Target} is free again.");
    }
}
