using OpsBot.Contracts.Actions;

namespace OpsBot.Storage.Approvals;

/// <summary>One version of a proposal with everything that decides about it.</summary>
/// <param name="Used">Slots that a run has consumed, in order.</param>
public sealed record ProposalState(Proposal Proposal, IReadOnlyList<Approval> Approvals, IReadOnlyList<UsedSlot> Used)
{
    /// <summary>False where what is searched and what is kept disagree: somebody wrote to the store beside OpsBot.</summary>
    public bool Intact { get; init; } = true;

    /// <summary>People whose approval stands in the store and not in the audit: OpsBot did not take it.</summary>
    public IReadOnlyList<string> Unproven { get; init; } = [];
}

/// <summary>A slot that was consumed: nothing consumes it again.</summary>
/// <param name="Hash">The binding as it was found right before the run.</param>
/// <param name="Outcome">How its run ended; null while it is at work.</param>
public sealed record UsedSlot(int Slot, DateTimeOffset At, string Hash, RunStatus? Outcome);
