using System.Globalization;
using OpsBot.Actions.Loops;
using OpsBot.Contracts.Actions;

namespace OpsBot.Actions.Approvals;

/// <summary>What becomes of a proposal when it is known how the job of its last slot did.</summary>
internal static class LoopOutcomes
{
    /// <summary>A slot of a loop was verified: its job is at work.</summary>
    public static void Begun(ProposalDraft draft, ActionRun run)
    {
        var value = ValueOf(draft.Proposal, run.Slot);
        var job = LoopJobs.KeyOf(run) is { } key ? $" as job {key}" : "";
        draft.Move(ProposalStatus.Running, $"{run.Name} submitted {value}{job}; how that does says what comes next.");
        draft.Reply(
            string.Create(CultureInfo.InvariantCulture, $"loop/{run.Slot}/begun"),
            string.Create(CultureInfo.InvariantCulture, $"{draft.Proposal.Name}, run {run.Slot} of {draft.Total}: {value} is submitted{job} ({run.Name})."));
        draft.AskLoop(run.Slot);
    }

    public static ProposalResult Move(ProposalDraft draft, LoopMoved moved)
    {
        var (proposal, move) = (draft.Proposal, moved.Move);
        if (!Waits(draft.State.Proposal, draft.State.Used, moved.Slot))
            return draft.Already(ProposalTexts.Over(proposal));
        var name = string.Create(CultureInfo.InvariantCulture, $"loop/{moved.Slot}/ended");
        draft.Note("loop", Actors.OpsBot, ("slot", moved.Slot.ToString(CultureInfo.InvariantCulture)), ("step", move.Step.ToString()), ("reason", move.Text));
        switch (move.Step)
        {
            case LoopStep.Next when moved.Slot < draft.Total:
                draft.Move(ProposalStatus.Running, move.Text);
                draft.Reply(name, $"{proposal.Name}: {move.Text} Next: {ValueOf(proposal, moved.Slot + 1)}.");
                draft.AskRun(moved.Slot + 1);
                break;
            case LoopStep.Reached:
                draft.Move(ProposalStatus.Done, move.Text);
                draft.Reply(name, $"{proposal.Name} is done: {move.Text}");
                break;
            default:
                draft.VoidApprovals(move.Text);
                draft.Move(ProposalStatus.Failed, move.Text);
                draft.Reply(name, $"{proposal.Name} goes no further: {move.Text}");
                break;
        }

        return draft.Done(move.Text);
    }

    /// <summary>Whether a version waits for how the job of a slot does.</summary>
    public static bool Waits(Proposal proposal, IReadOnlyList<Storage.Approvals.UsedSlot> used, int slot) =>
        proposal is { Status: ProposalStatus.Running, Loop: not null } && used is [.., { Outcome: RunStatus.Verified } last] && last.Slot == slot;

    private static string ValueOf(Proposal proposal, int slot) =>
        proposal.Slots.FirstOrDefault(each => each.Number == slot)?.Arguments.GetValueOrDefault(proposal.Loop!.Over) ?? string.Create(CultureInfo.InvariantCulture, $"slot {slot}");
}
