using System.Text.Json.Serialization;
using OpsBot.Actions.Loops;
using OpsBot.Contracts.Diagnoses;

namespace OpsBot.Actions.Catalog;

/// <summary>One action as the configuration declares it, checked. Immutable; <see cref="Hash"/> changes with any of it.</summary>
public sealed record ActionDefinition
{
    /// <summary>Lower-case letters, digits and <c>-</c>: <c>rollback-deployment</c>.</summary>
    public required string Name { get; init; }

    public required string Description { get; init; }

    public required IReadOnlyList<ActionParameter> Parameters { get; init; }

    public required ActionRisk Risk { get; init; }

    /// <summary>What gets locked, with <c>{parameter}</c>s: <c>deployment/{namespace}/{deployment}</c>.</summary>
    public required string Target { get; init; }

    /// <summary>Where the target is, with <c>{parameter}</c>s: <c>production</c>; null where the incident says it, or nobody.</summary>
    public string? TargetEnvironment { get; init; }

    public required BlastTemplate Blast { get; init; }

    public required ActionCommand Run { get; init; }

    public ActionCommand? DryRun { get; init; }

    /// <summary>Present on every reversible action. May use <c>{state.x}</c>.</summary>
    public ActionCommand? Undo { get; init; }

    /// <summary>Says after a crash whether the action was done: exit 0 done, exit 1 not done, anything else nobody knows.</summary>
    public ActionCommand? Probe { get; init; }

    /// <summary>Prints one flat JSON object: the fields that an approval is bound to.</summary>
    public ActionCommand? State { get; init; }

    /// <summary>Health checks, sampled before and after.</summary>
    public IReadOnlyList<HealthCheck> Health { get; init; } = [];

    public IReadOnlyList<string> GatesBeforeProposal { get; init; } = [];

    public IReadOnlyList<string> GatesBefore { get; init; } = [];

    public IReadOnlyList<string> GatesAfter { get; init; } = [];

    public required ApprovalRule Approval { get; init; }

    /// <summary>Of an action whose command is followed by more than its end; null for any other.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public LongRun? Long { get; init; }

    /// <summary>Of an action that goes on by itself until a target is reached; null for any other.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public LoopRule? Loop { get; init; }

    /// <summary>What whoever proposes it is asked for.</summary>
    [JsonIgnore]
    public IEnumerable<ActionParameter> Asked => Parameters.Where(parameter => parameter.Name != Loop?.Over);

    /// <summary>What a diagnosis must say for this action to be proposed, and where its arguments come from.</summary>
    public IReadOnlyList<Suggestion> Suggest { get; init; } = [];

    /// <summary>Where relative paths start, absolute.</summary>
    public required string Folder { get; init; }

    /// <summary>SHA-256 of the canonical JSON of this definition, lower-case hex.</summary>
    public required string Hash { get; init; }
}

/// <summary>A typed parameter. Its value is always one argument, never an option.</summary>
/// <param name="Pattern">Of a text: must match the whole value, in linear time; null for <see cref="ArgumentCheck.DefaultPattern"/>.</param>
/// <param name="Unicode">Letters beyond ASCII too, all of one script.</param>
/// <param name="Choices">The only values allowed; empty for any that fits the rest.</param>
public sealed record ActionParameter(
    string Name, ParameterType Type, string? Pattern, long? Min, long? Max, int MaxLength, IReadOnlyList<string> Choices, string? Default,
    bool Unicode, string Description);

public enum ParameterType
{
    Text,
    Integer,
    Choice,
}

/// <summary>An argument vector with placeholders, and the bounds it runs within. Never goes through a shell.</summary>
/// <param name="Arguments">The program first. <c>{parameter}</c> and <c>{state.field}</c> are put in after splitting, so they stay inside their argument.</param>
/// <param name="Environment">Variables besides the minimal ones.</param>
/// <param name="Files">Further files that it executes, to be hashed with it.</param>
/// <param name="WorkingDirectory">Where it runs; the private run folder where none is given.</param>
/// <param name="On">The machine that it runs on; null for this one.</param>
public sealed record ActionCommand(
    IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment, TimeSpan TimeLimit, int OutputLimitBytes,
    IReadOnlyList<string> Files, string? WorkingDirectory, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] RemoteHost? On = null);

/// <summary>A machine that is reached over ssh.</summary>
/// <param name="Address"><c>user@host</c>.</param>
public sealed record RemoteHost(string Name, string Address, int Port, string? Identity, string? KnownHosts);

/// <summary>How a command that may take hours is followed.</summary>
/// <param name="Terminal">It has a terminal that a person can look at.</param>
/// <param name="Lines">Patterns of lines that are worth a word.</param>
/// <param name="Silence">So long without a line is worth one too; null for never.</param>
public sealed record LongRun(bool Terminal, IReadOnlyList<string> Lines, TimeSpan? Silence);

/// <summary>How much a run touches; numbers may be <c>{parameter}</c>s.</summary>
public sealed record BlastTemplate(string Count, string? Share, string? Tier);

/// <summary>A number that tells how well the target does: a program's last line of output, or a Prometheus expression.</summary>
/// <param name="Worse"><c>higher</c> or <c>lower</c>: which way is worse.</param>
/// <param name="Tolerance">Relative change that is not yet a regression, 0 to 10; at least <paramref name="Floor"/> in absolute terms.</param>
/// <param name="Settle">How long after the run it is sampled.</param>
public sealed record HealthCheck(string Name, ActionCommand? Command, string? Prometheus, string Worse, double Tolerance, double Floor, TimeSpan Settle);

/// <summary>Who may approve, how many of them, and for how long an approval lasts.</summary>
public sealed record ApprovalRule(IReadOnlyList<string> Roles, int Quorum, TimeSpan Expires);

/// <summary>Proposes the action where a cause of this kind names what the arguments need.</summary>
/// <param name="Kinds">Kinds of causes, as in a diagnosis; empty for any.</param>
/// <param name="Services">Patterns of services; empty for any.</param>
/// <param name="Arguments">Parameter → text with <c>{cause.service}</c>, <c>{cause.instance}</c>, <c>{cause.object}</c>, <c>{cause.change}</c>, <c>{change.version}</c>, <c>{incident.environment}</c>.</param>
/// <param name="MinConfidence">Least confidence of the cause, 0 to 1.</param>
/// <param name="Findings">Patterns of what a watch finds wrong, instead of causes; null where causes are meant.</param>
public sealed record Suggestion(
    IReadOnlyList<CauseKind> Kinds, IReadOnlyList<string> Services, IReadOnlyDictionary<string, string> Arguments, double MinConfidence,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Findings = null);
