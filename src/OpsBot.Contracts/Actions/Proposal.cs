using System.Text.Json.Serialization;
using OpsBot.Contracts.Diagnoses;

namespace OpsBot.Contracts.Actions;

/// <summary>How far one version of a proposal got.</summary>
public enum ProposalStatus
{
    /// <summary>Waits for approvals.</summary>
    Open,

    /// <summary>Enough people approved; a run has been asked for or may be.</summary>
    Approved,

    /// <summary>At least one of its slots has been consumed by a run.</summary>
    Running,

    /// <summary>Every slot ran and was verified.</summary>
    Done,

    /// <summary>It ran and made things worse, and was undone.</summary>
    Undone,

    /// <summary>It ran and failed, or could not be undone; a person has to look.</summary>
    Failed,

    /// <summary>A person refused it.</summary>
    Refused,

    /// <summary>Nobody decided in time.</summary>
    Expired,

    /// <summary>What it was bound to changed, or a newer version took its place; approvals of it are worth nothing.</summary>
    Void,
}

/// <summary>An action with its arguments, put before people. A version never changes what it would do; whatever changes makes a new version.</summary>
public sealed record Proposal
{
    /// <summary>The number in <c>PROP-7</c>.</summary>
    public required long Id { get; init; }

    /// <summary>1 for the first.</summary>
    public required int Version { get; init; }

    /// <summary>The incident it is for; null where a person proposed it on its own.</summary>
    public long? IncidentId { get; init; }

    public required string Environment { get; init; }

    /// <summary>Name of the action in the catalog.</summary>
    public required string Action { get; init; }

    /// <summary>The action's description, as shown.</summary>
    public required string Title { get; init; }

    public required ActionRisk Risk { get; init; }

    /// <summary>Id of the person who proposed it; <see cref="Actors.OpsBot"/> for the bot.</summary>
    public required string ProposedBy { get; init; }

    public required string Why { get; init; }

    /// <summary>Ids of the diagnosis' evidence that its arguments and reason cite: <c>E1</c>, ….</summary>
    public IReadOnlyList<string> Evidence { get; init; } = [];

    /// <summary>One run each, in order. Most proposals have one.</summary>
    public required IReadOnlyList<ProposalSlot> Slots { get; init; }

    /// <summary>Its slots are tried one after the other until one reaches a target; null where each follows at once.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ProposalLoop? Loop { get; init; }

    public required Binding Binding { get; init; }

    /// <summary>People who must approve.</summary>
    public required int Quorum { get; init; }

    /// <summary>Roles of which an approver must have one.</summary>
    public IReadOnlyList<string> ApproverRoles { get; init; } = [];

    /// <summary>Names of the gates that must pass right before and right after a run.</summary>
    public IReadOnlyList<string> GatesBefore { get; init; } = [];

    public IReadOnlyList<string> GatesAfter { get; init; } = [];

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public required ProposalStatus Status { get; init; }

    /// <summary>Why it is refused, void, failed, …, in a sentence.</summary>
    public string? StatusReason { get; init; }

    public string Name => ActionNames.Proposal(Id);
}

/// <summary>What ends a proposal whose slots are tried one after the other. For people: what counts is the action's definition, which the approval is bound to.</summary>
/// <param name="Over">The argument that is another one in each slot.</param>
/// <param name="Watch">The declared watch that says whether the target is reached.</param>
/// <param name="GpuHours">Of all its jobs together; null where they are not counted.</param>
/// <param name="Until">When the last slot may begin.</param>
public sealed record ProposalLoop(string Over, string Watch, double? GpuHours, DateTimeOffset Until);

/// <summary>One set of arguments of a proposal, with all that would run. Vectors are final but for <c>{state.x}</c>, which is read again.</summary>
/// <param name="Number">1, 2, … within the proposal.</param>
/// <param name="Target">What gets locked: <c>deployment/production/checkout</c>.</param>
/// <param name="State">Fields that the action's <c>state</c> program printed when this version was made.</param>
/// <param name="DryRun">What the dry run printed, redacted and bounded; null where the action has none. Shown, never bound.</param>
public sealed record ProposalSlot(
    int Number,
    IReadOnlyDictionary<string, string> Arguments,
    string Target,
    BlastRadius Blast,
    IReadOnlyList<string> Run,
    IReadOnlyList<string>? Undo,
    IReadOnlyDictionary<string, string> State,
    DryRunOutput? DryRun);

/// <summary>How much a run touches.</summary>
/// <param name="Count">Things of that sort.</param>
/// <param name="Share">0 to 1 of all of them; null where nobody said.</param>
/// <param name="Tier"><c>production</c>, <c>staging</c>, …; null where nobody said.</param>
public sealed record BlastRadius(int Count, double? Share, string? Tier);

/// <summary>What a dry run printed.</summary>
public sealed record DryRunOutput(int ExitCode, string Text);

/// <summary>What an approval is bound to. Two versions with the same hash would do the same.</summary>
/// <param name="Hash">SHA-256, lower-case hex, over the canonical JSON of everything below and of action name, slots (arguments, target, run, undo) and quorum.</param>
/// <param name="Definition">SHA-256 of the action's definition.</param>
/// <param name="Files">SHA-256 by real path of every file that would be executed.</param>
public sealed record Binding(string Hash, string Definition, IReadOnlyDictionary<string, string> Files);

/// <summary>A person's decision on one version of a proposal.</summary>
/// <param name="Hash">The <see cref="Binding.Hash"/> that the person saw.</param>
/// <param name="VoidedBecause">Why it is worth nothing any more; null while it counts.</param>
public sealed record Approval(
    long ProposalId, int Version, string Person, bool Approved, DateTimeOffset At, string Hash, string? Reason, string? VoidedBecause);

/// <summary>Who acts.</summary>
public static class Actors
{
    /// <summary>The bot itself: it proposes, and never approves.</summary>
    public const string OpsBot = "opsbot";
}

/// <summary>How things are called in front of people.</summary>
public static class ActionNames
{
    public static string Proposal(long id) => FormattableString.Invariant($"PROP-{id}");

    public static string Run(long id) => FormattableString.Invariant($"RUN-{id}");

    /// <summary>Reads <c>PROP-7</c>, <c>prop-7</c> or <c>7</c>.</summary>
    public static bool TryParseProposal(string text, out long id) => TryParse(text, "PROP-", out id);

    /// <summary>Reads <c>RUN-7</c>, <c>run-7</c> or <c>7</c>.</summary>
    public static bool TryParseRun(string text, out long id) => TryParse(text, "RUN-", out id);

    private static bool TryParse(string text, string prefix, out long id) => long.TryParse(
        text.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) ? text.AsSpan(prefix.Length) : text,
        System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out id);
}
