using System.Globalization;
using OpsBot.Contracts.Actions;

namespace OpsBot.Actions.Approvals;

/// <summary>What the end of a run means for its proposal.</summary>
internal static class RunOutcomes
{
    public static ProposalResult End(ProposalDraft draft, ActionRun run)
    {
        var used = draft.State.Used.FirstOrDefault(slot => slot.Slot == run.Slot);
        if (!run.IsOver && run.Status != RunStatus.Unknown)
            return draft.Refuse($"{run.Name} is not over.");
        if (used is null)
            return run.Status == RunStatus.Refused ? Refused(draft, run) : draft.Refuse($"{run.Name} has consumed no approval of {draft.Proposal.Name}.", Actors.OpsBot);
        if (used.Outcome == run.Status || !Follows(used.Outcome, run.Status))
            return draft.Already(ProposalTexts.Over(draft.Proposal));

        draft.SetOutcome(run.Slot, run.Status);
        draft.Note(
            "ended", Actors.OpsBot, ("run", run.Name), ("slot", run.Slot.ToString(CultureInfo.InvariantCulture)), ("outcome", Word(run.Status)), ("reason", run.Reason));
        // What ended well or badly ended so; only the outcome of an earlier slot may still be undone.
        if (!ProposalFlow.IsOver(draft.Proposal.Status))
            Move(draft, run, used.Outcome);
        return draft.Done($"{run.Name} is {Word(run.Status)}.");
    }

    private static void Move(ProposalDraft draft, ActionRun run, RunStatus? before)
    {
        switch (run.Status)
        {
            case RunStatus.Verified:
                Next(draft, run);
                break;
            case RunStatus.Undone when draft.State.Used.Any(slot => slot.Outcome is RunStatus.Verified):
                draft.Move(ProposalStatus.Running, $"{Because(run, "was undone")} What ran before it is being undone too.");
                break;
            case RunStatus.Undone:
                draft.Move(ProposalStatus.Undone, Because(run, "was undone"));
                draft.Reply("undone", $"{draft.Proposal.Name}: {draft.Proposal.StatusReason} {ProposalTexts.LookNext(draft.Proposal)}");
                break;
            // Of one that had been verified it is the undoing that nobody can judge: it has failed, whatever a person finds.
            case RunStatus.Unknown when before != RunStatus.Verified:
                draft.Move(ProposalStatus.Running, $"{Because(run, "waits for a person: nobody can tell whether it was done")}");
                draft.Reply(Named(run, "unknown"), $"{draft.Proposal.StatusReason} Say it with: opsbot actions settle {run.Name} --done or --not-done");
                break;
            default:
                draft.Move(ProposalStatus.Failed, Because(run, run.Status == RunStatus.Unknown ? "may or may not be undone" : "failed"));
                draft.Reply("failed", $"{draft.Proposal.Name}: {draft.Proposal.StatusReason} {ProposalTexts.LookNext(draft.Proposal)}");
                break;
        }
    }

    private static void Next(ProposalDraft draft, ActionRun run)
    {
        var (proposal, state) = (draft.Proposal, draft.State);
        if (state.Used.Count == draft.Total && proposal.Loop is null)
        {
            draft.Move(ProposalStatus.Done, Because(run, "was verified"));
            draft.Reply("done", $"{proposal.Name} is done: {draft.Proposal.StatusReason}");
        }
        else if (state.Approvals.Any(approval => !approval.Approved))
        {
            draft.Move(ProposalStatus.Refused, proposal.StatusReason);
        }
        else if (state.Approvals.All(approval => approval.VoidedBecause is not null))
        {
            draft.Move(ProposalStatus.Void, proposal.StatusReason);
        }
        else if (proposal.Loop is not null)
        {
            LoopOutcomes.Begun(draft, run);
        }
        else
        {
            draft.Move(ProposalStatus.Running, null);
            draft.AskRun(run.Slot + 1);
        }
    }

    /// <summary>Nothing was started. The version is spent: whoever still wants it proposes it again and looks again.</summary>
    private static ProposalResult Refused(ProposalDraft draft, ActionRun run)
    {
        var proposal = draft.Proposal;
        if (ProposalFlow.IsOver(proposal.Status))
            return draft.Already(ProposalTexts.Over(proposal));
        var reason = run.Reason ?? "it was refused before it started.";
        draft.VoidApprovals(reason);
        draft.Move(draft.State.Used.Count == 0 ? ProposalStatus.Void : ProposalStatus.Failed, Because(run, "did not start"));
        draft.Note("ended", Actors.OpsBot, ("run", run.Name), ("outcome", "refused"), ("reason", reason));
        draft.Reply(Named(run, "refused"), $"{proposal.Name} did not run: {reason} Propose it again if it is still wanted.");
        return draft.Done($"{proposal.Name} did not run: {reason}");
    }

    /// <summary>Whether one outcome may still become another: what a person settles, and what is undone later.</summary>
    private static bool Follows(RunStatus? before, RunStatus after) => before switch
    {
        null => true,
        RunStatus.Unknown => true,
        RunStatus.Verified => after is RunStatus.Undone or RunStatus.Failed or RunStatus.Unknown,
        _ => false,
    };

    private static string Because(ActionRun run, string what) => run.Reason is { Length: > 0 } reason ? $"{run.Name} {what}: {reason}" : $"{run.Name} {what}.";

    private static string Named(ActionRun run, string what) => string.Create(CultureInfo.InvariantCulture, $"run/{run.Slot}/{what}");

    private static string Word(RunStatus status) => status.ToString().ToLowerInvariant();
}
