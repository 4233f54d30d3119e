namespace OpsBot.Contracts.Actions;

/// <summary>The newest version of a proposal with what became of it: what cards, pages and terminals show.</summary>
public sealed record ProposalView(Proposal Proposal, IReadOnlyList<Approval> Approvals, IReadOnlyList<ActionRun> Runs);

/// <summary>The kill switch. While it is stopped nothing starts, on any host.</summary>
public sealed record ActionSwitch(DateTimeOffset? StoppedAt, string? StoppedBy, string? Reason)
{
    public bool IsStopped => StoppedAt is not null;
}
