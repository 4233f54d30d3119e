using OpsBot.Contracts.Apis;
using OpsBot.Contracts.Diagnoses;
using OpsBot.Contracts.Events;
using OpsBot.Signals.LogTemplates;
using OpsBot.Signals.Series;
using OpsBot.Signals.Traces;

namespace OpsBot.Evidence;

/// <summary>What one source, or several together, saw. An empty list means that nothing was there; a problem says what could not be looked at.</summary>
public sealed record Observations
{
    public static Observations None { get; } = new();

    public IReadOnlyList<MetricSeries> Metrics { get; init; } = [];

    /// <summary>One digest a source of logs.</summary>
    public IReadOnlyList<LogDigest> Logs { get; init; } = [];

    /// <summary>Log clusters that a log store has counted already.</summary>
    public IReadOnlyList<LogPattern> Patterns { get; init; } = [];

    public IReadOnlyList<SpanSample> Spans { get; init; } = [];

    public IReadOnlyList<ChangeRecord> Changes { get; init; } = [];

    /// <summary>Pairs (caller, callee).</summary>
    public IReadOnlyList<(string Caller, string Callee)> Calls { get; init; } = [];

    /// <summary>Pairs (service, node).</summary>
    public IReadOnlyList<(string Service, string Node)> RunsOn { get; init; } = [];

    public IReadOnlyList<CommandOutput> Commands { get; init; } = [];

    /// <summary>What was looked at, in words, found or not.</summary>
    public IReadOnlyList<string> LookedAt { get; init; } = [];

    /// <summary>What there was nothing of to look at, in words: <c>metrics: not collected</c>.</summary>
    public IReadOnlyList<string> NotCollected { get; init; } = [];

    public IReadOnlyList<SourceProblem> Problems { get; init; } = [];

    /// <summary>Both together, in order.</summary>
    public Observations With(Observations other) => new()
    {
        Metrics = [.. Metrics, .. other.Metrics],
        Logs = [.. Logs, .. other.Logs],
        Patterns = [.. Patterns, .. other.Patterns],
        Spans = [.. Spans, .. other.Spans],
        Changes = [.. Changes, .. other.Changes],
        Calls = [.. Calls, .. other.Calls],
        RunsOn = [.. RunsOn, .. other.RunsOn],
        Commands = [.. Commands, .. other.Commands],
        LookedAt = [.. LookedAt, .. other.LookedAt],
        NotCollected = [.. NotCollected, .. other.NotCollected],
        Problems = [.. Problems, .. other.Problems],
    };
}

/// <summary>A cluster of log lines counted by the log store.</summary>
public sealed record LogPattern(string Signature, string? Service, double Count, double? DeltaVsBaseline, string Query);

/// <summary>One change of the system, as evidence.</summary>
public sealed record ChangeRecord(
    string Id, ChangeKind Kind, string? Service, DateTimeOffset Time, string? Version, string? Commit, string? Author,
    string? Summary, string? Diff, IReadOnlyList<string> Files, IReadOnlyList<string> OldInstances, IReadOnlyList<string> NewInstances,
    string Query)
{
    /// <summary>What it did to the APIs of its service.</summary>
    public IReadOnlyList<ContractComparison> Contracts { get; init; } = [];
}

/// <summary>One read-only command with what it printed.</summary>
/// <param name="Exit">Exit status; null when it did not end in time.</param>
public sealed record CommandOutput(string Command, string Output, int? Exit, DateTimeOffset? At);
