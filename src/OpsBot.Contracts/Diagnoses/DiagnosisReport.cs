using System.Text.Json.Serialization;

namespace OpsBot.Contracts.Diagnoses;

/// <summary>What sort of thing a cause is.</summary>
public enum CauseKind
{
    Cpu,
    Memory,
    Disk,
    Network,
    Latency,
    Errors,
    Code,
    Config,
    Deploy,
    Dependency,
    Scheduling,
    Startup,
    Storage,
    Dns,
    Admission,
    Unknown,
}

/// <summary>What a proposed action could break.</summary>
public enum ActionRisk
{
    Read,
    Reversible,
    Irreversible,
}

/// <summary>One ranked cause. Every cause cites at least one observation of its diagnosis.</summary>
/// <param name="Rank">1 is the likeliest.</param>
/// <param name="Confidence">Calibrated probability that this cause is right, 0 to 1.</param>
public sealed record Cause(
    int Rank,
    string? Service,
    string? Instance,
    string? Object,
    CauseKind Kind,
    string? RootCause,
    string? Metric,
    string? Change,
    double Confidence,
    string Statement,
    IReadOnlyList<string> Evidence);

/// <summary>Something a person could do about it. A reader's advice: nothing runs from here.</summary>
public sealed record ProposedAction(string Action, string Target, ActionRisk Risk, string Why, IReadOnlyList<string> Evidence);

/// <summary>What the diagnosis cost.</summary>
public sealed record DiagnosisStats(
    long ElapsedMs, int Commands, IReadOnlyList<string> CommandsRun, int ModelCalls, long InputTokens, long OutputTokens);

/// <summary>A source that could not be read, or only in part, and why.</summary>
public sealed record SourceProblem(string Source, string Reason, bool Partial);

/// <summary>The runbook that fits, and the step to take first.</summary>
/// <param name="Path">Path of the runbook below its folder.</param>
/// <param name="FirstStep">The first step, quoted from the runbook.</param>
/// <param name="Why">Why it was chosen.</param>
public sealed record RunbookMatch(string Path, string Title, string FirstStep, double Score, string Why);

/// <summary>Ranked causes with the evidence they cite, or an honest abstention.</summary>
public sealed record DiagnosisReport
{
    /// <summary>Id of the incident or bundle.</summary>
    public required string Incident { get; init; }

    /// <summary>True exactly when <see cref="Causes"/> is empty.</summary>
    public required bool Abstained { get; init; }

    /// <summary>One paragraph.</summary>
    public required string Summary { get; init; }

    /// <summary>At most 10, ranked.</summary>
    public required IReadOnlyList<Cause> Causes { get; init; }

    public required IReadOnlyList<EvidenceItem> Evidence { get; init; }

    public required IReadOnlyList<ProposedAction> Proposals { get; init; }

    public required DiagnosisStats Stats { get; init; }

    public RunbookMatch? Runbook { get; init; }

    /// <summary>What was looked at, in words: shown when abstaining.</summary>
    public IReadOnlyList<string> LookedAt { get; init; } = [];

    /// <summary>Sources that were not available, or only in part.</summary>
    public IReadOnlyList<SourceProblem> NotAvailable { get; init; } = [];

    /// <summary>The summary without its sentence about the runbook, for whoever shows the runbook beside it.</summary>
    public string SummaryWithoutRunbook() =>
        Runbook is { } runbook && Summary.IndexOf($" Runbook: {runbook.Title}", StringComparison.Ordinal) is > 0 and var at ? Summary[..at] : Summary;

    /// <summary>Kind of the likeliest cause; null where none is named.</summary>
    [JsonIgnore]
    public CauseKind? Likeliest => Causes.Count == 0 ? null : Causes[0].Kind;
}
