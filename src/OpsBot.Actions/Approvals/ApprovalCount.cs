using OpsBot.Actions.People;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Diagnoses;
using OpsBot.Storage.Approvals;

namespace OpsBot.Actions.Approvals;

/// <summary>Which approvals of a version count at this moment, and why the others do not.</summary>
/// <param name="People">Ids of those whose approval counts.</param>
/// <param name="Worthless">A sentence for each that does not.</param>
internal sealed record ApprovalCount(IReadOnlyList<string> People, IReadOnlyList<string> Worthless)
{
    /// <summary>The clocks of two hosts differ by as much, and the store cuts times to milliseconds.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(1);

    /// <summary>Two people for what cannot be undone, whatever stands in the record.</summary>
    public static int QuorumOf(Proposal proposal, int asked = 0) =>
        Math.Max(Math.Max(proposal.Quorum, asked), proposal.Risk == ActionRisk.Irreversible ? 2 : 1);

    /// <param name="alsoRoles">Roles that the rules demand now; null to ask for the proposal's own only.</param>
    public static ApprovalCount Of(ProposalState state, IPeople people, IReadOnlyList<string>? alsoRoles = null)
    {
        var live = new HashSet<string>(StringComparer.Ordinal);
        var worthless = new List<string>();
        foreach (var approval in state.Approvals.Where(approval => approval.Approved))
        {
            if (WhyNot(state, approval, people, alsoRoles) is { } why)
                worthless.Add(why);
            else
                live.Add(approval.Person);
        }

        return new ApprovalCount([.. live], worthless);
    }

    public static bool MayApprove(Person person, IReadOnlyList<string> roles) => person.Roles.Any(role => roles.Contains(role, StringComparer.Ordinal));

    private static string? WhyNot(ProposalState state, Approval approval, IPeople people, IReadOnlyList<string>? alsoRoles)
    {
        var (proposal, name) = (state.Proposal, ProposalTexts.NameOf(people, approval.Person));
        if (approval.VoidedBecause is { } because)
            return $"The approval of {name} is void: {because}";
        if (approval.ProposalId != proposal.Id || approval.Version != proposal.Version || approval.Hash != proposal.Binding.Hash)
            return $"{name} approved something else.";
        if (approval.At < proposal.CreatedAt - ClockSkew || approval.At >= proposal.ExpiresAt)
            return $"{name} approved at {ProposalTexts.Clock(approval.At)}, outside the time that it was open.";
        if (approval.Person == Actors.OpsBot)
            return "OpsBot never approves.";
        if (approval.Person == proposal.ProposedBy)
            return $"{name} proposed it, so their own approval does not count.";
        if (people.Find(approval.Person) is not { } person || person.Id != approval.Person)
            return $"{name} is not among the people any more.";
        if (state.Unproven.Contains(approval.Person))
            return $"The approval of {name} is not in the audit: it was written into the store beside OpsBot. See 'opsbot audit verify'.";
        return MayApprove(person, proposal.ApproverRoles) && (alsoRoles is null || MayApprove(person, alsoRoles))
            ? null
            : $"{name} no longer has a role that may approve it ({ProposalTexts.Roles(alsoRoles ?? proposal.ApproverRoles)}).";
    }
}
