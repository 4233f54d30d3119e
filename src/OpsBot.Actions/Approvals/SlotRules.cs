using System.Globalization;
using OpsBot.Actions.Loops;
using OpsBot.Actions.People;
using OpsBot.Actions.Policy;
using OpsBot.Contracts.Actions;
using OpsBot.Storage.Approvals;

namespace OpsBot.Actions.Approvals;

/// <summary>Whether a run may start now: everything that was asked when people decided is asked again.</summary>
internal static class SlotRules
{
    public static ProposalResult Consume(ProposalDraft draft, SlotAsked asked, IPeople people)
    {
        if (WhyNot(draft, asked, people) is { } reason)
            return draft.Refuse(reason);
        draft.State = draft.State with { Used = [.. draft.State.Used, new UsedSlot(asked.Slot, draft.At, asked.Hash, Outcome: null)] };
        draft.Move(ProposalStatus.Running, null);
        draft.Note(
            "consumed", Actors.OpsBot, ("slot", asked.Slot.ToString(CultureInfo.InvariantCulture)), ("hash", asked.Hash),
            ("approvedBy", string.Join(' ', ApprovalCount.Of(draft.State, people).People)));
        return draft.Done($"{draft.Proposal.Name} runs.");
    }

    private static string? WhyNot(ProposalDraft draft, SlotAsked asked, IPeople people)
    {
        var (proposal, used) = (draft.Proposal, draft.State.Used);
        if (!draft.State.Intact)
            return ProposalTexts.Altered(proposal);
        if (asked.Switch.IsStopped)
            return ProposalTexts.Stopped(asked.Switch, people);
        if (asked.Slot < 1 || asked.Slot > draft.Total)
            return string.Create(CultureInfo.InvariantCulture, $"{proposal.Name} has no slot {asked.Slot}; its slots are 1 to {draft.Total}.");
        if (used.Any(slot => slot.Slot == asked.Slot))
            return string.Create(CultureInfo.InvariantCulture, $"Slot {asked.Slot} of {proposal.Name} was used already; an approval counts once.");
        if (proposal.Status is not (ProposalStatus.Open or ProposalStatus.Approved or ProposalStatus.Running))
            return ProposalTexts.Over(proposal);
        if (draft.At >= LoopRule.ExpiryOf(proposal, asked.Slot, asked.Definition))
            return ProposalTexts.Expired(proposal, asked.Slot, asked.Definition);
        if (asked.Slot != used.Count + 1 || used.Any(slot => slot.Outcome != RunStatus.Verified))
            return string.Create(CultureInfo.InvariantCulture, $"Slot {asked.Slot} of {proposal.Name} has to wait: the slots before it are not verified.");
        return Drift(proposal, asked) ?? Uncovered(draft.State, asked, people);
    }

    private static string? Drift(Proposal proposal, SlotAsked asked)
    {
        if (asked.Definition is null || asked.Policy is null)
            return $"The catalog has no action '{proposal.Action}' any more.";
        if (asked.Definition.Hash != proposal.Binding.Definition)
            return $"The action '{proposal.Action}' was changed in the catalog after {proposal.Name} was approved.";
        // a loop whose mark was taken off would not wait for how its jobs do
        if (proposal.Loop is null != asked.Definition.Loop is null)
            return ProposalTexts.Altered(proposal);
        if (asked.Policy.Decision == PolicyDecision.Deny)
            return ProposalTexts.Denied(proposal.Action, asked.Policy);
        return asked.Hash == proposal.Binding.Hash
            ? null
            : $"What would run now is not what was approved in {proposal.Name}: files, state or arguments have changed.";
    }

    private static string? Uncovered(ProposalState state, SlotAsked asked, IPeople people)
    {
        if (state.Approvals.Any(approval => !approval.Approved))
            return $"{state.Proposal.Name} was refused.";
        var (live, worthless) = ApprovalCount.Of(state, people, asked.Policy!.Roles);
        var quorum = ApprovalCount.QuorumOf(state.Proposal, asked.Policy.Quorum);
        return live.Count >= quorum && state.Proposal.Status != ProposalStatus.Open
            ? null
            : ProposalTexts.NotEnough(state.Proposal, live.Count, quorum, worthless);
    }
}
