namespace OpsBot.Contracts.Actions;

/// <summary>How far a run of an action got. Every step is committed before the next begins.</summary>
public enum RunStatus
{
    /// <summary>Another run has its target; nothing was checked or started.</summary>
    Waiting,

    /// <summary>Holds its target's lease; files, state and gates are checked. Nothing has been started.</summary>
    Checking,

    /// <summary>Intent, idempotency key and undo are committed and the approval is consumed; the supervisor may have started the command.</summary>
    Intended,

    /// <summary>The command ended; gates and health decide.</summary>
    Exited,

    /// <summary>It made things worse or failed half-way; its undo is intended, and may have been started.</summary>
    Undoing,

    /// <summary>Ended well.</summary>
    Verified,

    /// <summary>Undone; the state is as before.</summary>
    Undone,

    /// <summary>Ended badly and was not undone (irreversible, or undoing failed): a person has to look.</summary>
    Failed,

    /// <summary>Refused before anything started: gate, drift, kill switch, expiry.</summary>
    Refused,

    /// <summary>Nobody can tell what happened: a person has to say. The target stays locked.</summary>
    Unknown,
}

/// <summary>One run of one slot of an approved proposal.</summary>
public sealed record ActionRun
{
    /// <summary>The number in <c>RUN-12</c>.</summary>
    public required long Id { get; init; }

    public required long ProposalId { get; init; }

    public required int Version { get; init; }

    public required int Slot { get; init; }

    public long? IncidentId { get; init; }

    public required string Action { get; init; }

    public required string Target { get; init; }

    /// <summary>Rises with every lease of the target, 0 before the first; handed to the command as <c>OPSBOT_FENCE</c>.</summary>
    public required long Fence { get; init; }

    /// <summary>Whether the target is locked for it. A run that failed or that nobody can tell of keeps it until a person settles it.</summary>
    public bool HoldsTarget { get; init; }

    /// <summary>Equal for every attempt at this run; handed to the command as <c>OPSBOT_IDEMPOTENCY_KEY</c>.</summary>
    public required string IdempotencyKey { get; init; }

    public required RunStatus Status { get; init; }

    /// <summary>Machine whose supervisor has it; null before it is intended.</summary>
    public string? Host { get; init; }

    /// <summary>Final argument vectors.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    public IReadOnlyList<string>? Undo { get; init; }

    /// <summary>What <c>state</c> printed right before the intent.</summary>
    public IReadOnlyDictionary<string, string> StateBefore { get; init; } = new Dictionary<string, string>();

    /// <summary>Health right before the intent, by name of the check.</summary>
    public IReadOnlyDictionary<string, double> HealthBefore { get; init; } = new Dictionary<string, double>();

    public IReadOnlyDictionary<string, double> HealthAfter { get; init; } = new Dictionary<string, double>();

    public int? ExitCode { get; init; }

    /// <summary>Last part of what it printed, redacted.</summary>
    public string OutputTail { get; init; } = "";

    /// <summary>SHA-256 of all that it printed, lower-case hex; null until it ended.</summary>
    public string? OutputDigest { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Why it stands where it stands, in a sentence.</summary>
    public string? Reason { get; init; }

    public string Name => ActionNames.Run(Id);

    public bool IsOver => Status is RunStatus.Verified or RunStatus.Undone or RunStatus.Failed or RunStatus.Refused;
}
