using System.Globalization;
using OpsBot.Actions.People;
using OpsBot.Contracts.Actions;

namespace OpsBot.Actions.Approvals;

/// <summary>Whether a person's decision counts. A late, double, replayed or edited one changes nothing and gets a plain answer.</summary>
internal static class DecisionRules
{
    public static ProposalResult Decide(ProposalDraft draft, Decided decided, IPeople people)
    {
        var (proposal, actor) = (draft.Proposal, decided.PersonId);
        if (!draft.State.Intact)
            return draft.Refuse(ProposalTexts.Altered(proposal), OneLine.Of(actor, 80));
        if (actor == Actors.OpsBot)
            return draft.Refuse("OpsBot proposes and never approves; a person has to.", actor);
        if (people.Find(actor) is not { } person || person.Id != actor)
            return draft.Refuse(ProposalTexts.Unknown(actor), OneLine.Of(actor, 80));
        if (decided.Version < proposal.Version && decided.Version >= 1)
            return draft.Refuse(ProposalTexts.NewVersion(proposal), actor);
        if (decided.Version != proposal.Version)
            return draft.Refuse(ProposalTexts.NoVersion(proposal, decided.Version), actor);
        if (decided.Hash != proposal.Binding.Hash)
            return draft.Refuse(ProposalTexts.OtherHash(proposal), actor);
        return decided.Approve ? Approve(draft, decided, person, people) : Refuse(draft, decided, person);
    }

    private static ProposalResult Approve(ProposalDraft draft, Decided decided, Person person, IPeople people)
    {
        var proposal = draft.Proposal;
        var mine = draft.State.Approvals.FirstOrDefault(approval => approval.Person == person.Id);
        if (proposal.Status is ProposalStatus.Expired or ProposalStatus.Void or ProposalStatus.Refused)
            return draft.Refuse(ProposalTexts.Over(proposal), person.Id);
        if (mine is { Approved: true, VoidedBecause: null })
            return draft.Already("You have approved this already.");
        if (proposal.Status is not (ProposalStatus.Open or ProposalStatus.Approved))
            return draft.Refuse(ProposalTexts.Over(proposal), person.Id);
        if (draft.At >= proposal.ExpiresAt)
            return draft.Refuse(ProposalTexts.Expired(proposal), person.Id);
        if (decided.Switch.IsStopped)
            return draft.Refuse(ProposalTexts.Stopped(decided.Switch, people), person.Id);
        if (person.Id == proposal.ProposedBy)
            return draft.Refuse("You proposed this, so somebody else has to approve it.", person.Id);
        if (!ApprovalCount.MayApprove(person, proposal.ApproverRoles))
            return draft.Refuse(ProposalTexts.WrongRole(proposal, person), person.Id);
        if (proposal.Status == ProposalStatus.Approved)
            return draft.Already($"Enough people have approved {proposal.Name} already.");

        Record(draft, decided, person);
        var (live, quorum) = (ApprovalCount.Of(draft.State, people).People.Count, ApprovalCount.QuorumOf(proposal));
        draft.Note(
            "approved", person.Id, ("hash", decided.Hash), ("reason", decided.Reason), ("count", string.Create(CultureInfo.InvariantCulture, $"{live} of {quorum}")));
        if (live >= quorum)
        {
            draft.Move(ProposalStatus.Approved, null);
            draft.AskRun(1);
        }

        var answer = ProposalTexts.Approved(proposal, live, quorum);
        draft.Reply($"approved/{person.Id}", $"{person.Name}: {answer}");
        return draft.Done(answer);
    }

    private static ProposalResult Refuse(ProposalDraft draft, Decided decided, Person person)
    {
        var proposal = draft.Proposal;
        var before = draft.State.Approvals.FirstOrDefault(approval => approval.Person == person.Id);
        if (before is { Approved: false })
            return draft.Already("You have refused this already.");
        if (ProposalFlow.IsOver(proposal.Status))
            return draft.Refuse(ProposalTexts.Over(proposal), person.Id);
        if (person.Id != proposal.ProposedBy && !ApprovalCount.MayApprove(person, proposal.ApproverRoles))
            return draft.Refuse(ProposalTexts.WrongRole(proposal, person), person.Id);
        var atWork = draft.AtWork;
        if (atWork && draft.State.Used.Count == draft.Total)
            return draft.Refuse($"{proposal.Name} is at work already; refusing does not stop it.", person.Id);

        var sentence = decided.Reason is { Length: > 0 } reason ? $"{person.Name} refused it: {reason}" : $"{person.Name} refused it.";
        Record(draft, decided, person);
        draft.VoidApprovals(sentence);
        draft.Move(atWork ? proposal.Status : ProposalStatus.Refused, sentence);
        draft.Note("refused", person.Id, ("hash", decided.Hash), ("reason", decided.Reason));
        draft.Reply($"refused/{person.Id}", $"{proposal.Name}: {sentence}");
        return draft.Done(atWork ? $"{proposal.Name} is refused; what is at work is left to end, and nothing after it starts." : $"{proposal.Name} is refused.");
    }

    /// <summary>A person has one decision a version: refusing takes the place of having approved.</summary>
    private static void Record(ProposalDraft draft, Decided decided, Person person) => draft.State = draft.State with
    {
        Approvals =
        [
            .. draft.State.Approvals.Where(approval => approval.Person != person.Id),
            new Approval(draft.Proposal.Id, draft.Proposal.Version, person.Id, decided.Approve, draft.At, decided.Hash, decided.Reason, VoidedBecause: null),
        ],
    };
}
