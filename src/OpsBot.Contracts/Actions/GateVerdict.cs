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
/// <remarks>Nobody but the gate keeper makes one that passes: no public constructor, no setter, nothing to read it back from.</remarks>
public sealed record GateVerdict
{
    internal GateVerdict(string gate, bool passed, string reason) => (Gate, Passed, Reason) = (gate, passed, reason);

    public string Gate { get; }

    public bool Passed { get; }

    /// <summary>Why, in a sentence for people: the gate's own words (untrusted, bounded) or ours.</summary>
    public string Reason { get; }

    public static GateVerdict Denied(string gate, string reason) => new(gate, passed: false, reason);
}
