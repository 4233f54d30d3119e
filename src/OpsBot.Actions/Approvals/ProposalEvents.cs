using OpsBot.Actions.Catalog;
using OpsBot.Actions.Loops;
using OpsBot.Actions.Policy;
using OpsBot.Contracts.Actions;

namespace OpsBot.Actions.Approvals;

/// <summary>Something that a version of a proposal reacts to.</summary>
/// <param name="At">When OpsBot handles it, by our own clock.</param>
public abstract record ProposalEvent(DateTimeOffset At);

/// <summary>The version is put before people.</summary>
public sealed record Proposed(DateTimeOffset At, Proposal Proposal) : ProposalEvent(At);

/// <summary>Somebody approves or refuses.</summary>
/// <param name="Version">The version that they saw.</param>
/// <param name="Hash">The binding that they saw.</param>
/// <param name="Switch">The kill switch as it stands.</param>
public sealed record Decided(
    DateTimeOffset At, string PersonId, int Version, string Hash, bool Approve, string? Reason, ActionSwitch Switch) : ProposalEvent(At);

/// <summary>Its timer fell due.</summary>
public sealed record TimeRanOut(DateTimeOffset At) : ProposalEvent(At);

/// <summary>What it was bound to changed, or a newer version takes its place.</summary>
/// <param name="Reason">What changed, in a sentence.</param>
public sealed record Voided(DateTimeOffset At, string Reason) : ProposalEvent(At);

/// <summary>A run is about to start and asks to consume a slot.</summary>
/// <param name="Hash">The binding as it is now.</param>
/// <param name="Definition">The action as the catalog has it now; null where it is gone.</param>
/// <param name="Policy">What the rules say now; null where the action is gone.</param>
public sealed record SlotAsked(
    DateTimeOffset At, int Slot, string Hash, ActionSwitch Switch, ActionDefinition? Definition, PolicyVerdict? Policy) : ProposalEvent(At);

/// <summary>It is known what became of the job that the last slot of a loop began.</summary>
public sealed record LoopMoved(DateTimeOffset At, int Slot, LoopMove Move) : ProposalEvent(At);

/// <summary>A run of a slot is over or waits for a person.</summary>
public sealed record RunEnded(DateTimeOffset At, ActionRun Run) : ProposalEvent(At);
