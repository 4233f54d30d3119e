using System.Globalization;
using OpsBot.Actions.People;
using OpsBot.Contracts.Actions;
using OpsBot.Storage.Approvals;

namespace OpsBot.Actions.Approvals;

/// <summary>What a version of a proposal does when something happens: pure, and indifferent to late, double and forged events.</summary>
/// <remarks>
/// <code>
///            enough approve            a slot is consumed              every slot verified
///   Open ──────────────────► Approved ───────────────────► Running ──────────────────────► Done
///    │                          │                             ├─ undone, and all earlier slots with it ─► Undone
///    ├── somebody refuses ──────┤──────► Refused ◄────────────┤  (what is at work is left to end; the rest does not start)
///    ├── nobody decided ────────┤──────► Expired              ├─ failed, could not be undone ───────────► Failed
///    └── drift, newer version ──┴──────► Void    ◄────────────┘  (likewise)
/// </code>
/// <list type="bullet">
/// <item>An approval counts while it bears the version's hash, is not void, is of somebody else than the proposer and the bot, and its person still has a role that may
/// approve. It is counted anew each time a slot is asked for, so a role that was taken away takes the approval with it.</item>
/// <item>Slots run in order, one at a time; each is consumed once. None is consumed at or after the expiry, while actions are stopped, against the rules as they are
/// now, or with a binding other than the one that was approved.</item>
/// <item>A refusal beats any number of approvals. Terminal states stay: nothing is approved, consumed or told again.</item>
/// <item>A run that was refused spends its version: Void where nothing had run, Failed where earlier slots had. A run that nobody can judge keeps it Running until a
/// person settles it.</item>
/// <item>Of a loop a slot that was verified is not followed by the next at once: what became of the job that it began says whether one follows, or the version is Done or
/// Failed. A person's refusal meanwhile ends it.</item>
/// <item>Undoing goes last slot first: after one was undone the version stays Running until no earlier slot stands verified.</item>
/// </list>
/// </remarks>
public static class ProposalFlow
{
    /// <param name="state">Null only for <see cref="Proposed"/>.</param>
    /// <param name="people">Everybody whom the configuration names now.</param>
    /// <exception cref="ArgumentException">There is no state, or one where there should be none.</exception>
    public static ProposalResult Apply(ProposalState? state, ProposalEvent happened, IPeople people)
    {
        if (happened is Proposed proposed)
        {
            return state is null ? Propose(proposed, people) : throw new ArgumentException($"{state.Proposal.Name} exists already.", nameof(state));
        }

        if (state is null)
            throw new ArgumentException("Only a proposed version can be moved.", nameof(state));
        var draft = new ProposalDraft(state, state, happened.At);
        return happened switch
        {
            Decided decided => DecisionRules.Decide(draft, decided, people),
            TimeRanOut => Expire(draft),
            Voided voided => Void(draft, voided.Reason),
            SlotAsked asked => SlotRules.Consume(draft, asked, people),
            RunEnded ended => RunOutcomes.End(draft, ended.Run),
            LoopMoved moved => LoopOutcomes.Move(draft, moved),
            _ => throw new ArgumentException($"Nobody said what {happened.GetType().Name} does to a proposal.", nameof(happened)),
        };
    }

    public static bool IsOver(ProposalStatus status) =>
        status is ProposalStatus.Done or ProposalStatus.Undone or ProposalStatus.Failed or ProposalStatus.Refused or ProposalStatus.Expired or ProposalStatus.Void;

    private static ProposalResult Propose(Proposed proposed, IPeople people)
    {
        var proposal = proposed.Proposal with { Status = ProposalStatus.Open, StatusReason = null };
        var opened = new ProposalState(proposal, [], []);
        var draft = new ProposalDraft(opened, opened, proposed.At);
        draft.AskExpiry();
        draft.Reply("proposed", ProposalTexts.Proposed(proposal, people, ApprovalCount.QuorumOf(proposal)));
        draft.Note(
            "proposed", proposal.ProposedBy,
            ("action", proposal.Action), ("why", proposal.Why), ("evidence", string.Join(' ', proposal.Evidence)),
            ("targets", string.Join(' ', proposal.Slots.Select(slot => slot.Target))), ("hash", proposal.Binding.Hash),
            ("definition", proposal.Binding.Definition), ("quorum", proposal.Quorum.ToString(CultureInfo.InvariantCulture)),
            ("arguments", string.Join("; ", proposal.Slots.Select(slot => string.Join(' ', slot.Arguments.Select(pair => $"{pair.Key}={pair.Value}"))))));
        return draft.Done($"{proposal.Name} is proposed.");
    }

    private static ProposalResult Expire(ProposalDraft draft)
    {
        var proposal = draft.Proposal;
        if (draft.At < proposal.ExpiresAt)
            return draft.Refuse($"{proposal.Name} does not expire before {ProposalTexts.Clock(proposal.ExpiresAt)}.");
        if (proposal.Status is not (ProposalStatus.Open or ProposalStatus.Approved))
            return draft.Already(ProposalTexts.Over(proposal));
        var sentence = ProposalTexts.Expired(proposal);
        draft.Move(ProposalStatus.Expired, sentence);
        draft.VoidApprovals(sentence);
        draft.Reply("expired", $"{proposal.Name} expired: nobody started it before {ProposalTexts.Clock(proposal.ExpiresAt)}.");
        draft.Note("expired", Actors.OpsBot);
        return draft.Done(sentence);
    }

    private static ProposalResult Void(ProposalDraft draft, string reason)
    {
        if (IsOver(draft.Proposal.Status))
            return draft.Already(ProposalTexts.Over(draft.Proposal));
        var atWork = draft.AtWork;
        if (draft.Proposal.Status == ProposalStatus.Running && !draft.State.Approvals.Any(approval => approval is { Approved: true, VoidedBecause: null }))
            return draft.Already(ProposalTexts.Over(draft.Proposal));
        draft.VoidApprovals(reason);
        // What runs is left to end: RunOutcomes finds no approval that counts for the slots after it.
        draft.Move(atWork ? draft.Proposal.Status : ProposalStatus.Void, reason);
        draft.Reply("void", $"{draft.Proposal.Name} is void, and so are its approvals: {reason}");
        draft.Note("voided", Actors.OpsBot, ("reason", reason));
        return draft.Done($"{draft.Proposal.Name} is void: {reason}");
    }
}
