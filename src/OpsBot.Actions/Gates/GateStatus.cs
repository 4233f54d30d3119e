namespace OpsBot.Actions.Gates;

/// <summary>How a gate stands to its pin.</summary>
public enum GateState
{
    /// <summary>It is what was pinned, and so is its interpreter.</summary>
    Pinned,

    Changed,
    InterpreterChanged,

    /// <summary>In the folder, not in the lock.</summary>
    NotPinned,

    /// <summary>In the lock, not in the folder.</summary>
    Missing,

    /// <summary>It cannot be a gate as it is.</summary>
    Unusable,
}

/// <summary>One gate of the folder or the lock.</summary>
/// <param name="Pin">As the lock has it.</param>
/// <param name="Now">As it is.</param>
/// <param name="Reason">Why it is unusable; null otherwise.</param>
public sealed record GateStatus(string Name, GateState State, GatePin? Pin, GatePin? Now, string? Reason);
