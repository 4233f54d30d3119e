namespace OpsBot.Contracts.Actions;

/// <summary>When gates are asked.</summary>
public enum GatePoint
{
    BeforeProposal,
    BeforeRun,
    AfterRun,
    BeforeClose,
}

/// <summary>What one gate said. Only an exit status of 0 passes; a gate that could not be run as pinned denies.</summary>
/// <param name="Reason">Why, in a sentence for people: the gate's own words (untrusted, bounded) or ours.</param>
public sealed record GateVerdict(string Gate, bool Passed, string Reason);
