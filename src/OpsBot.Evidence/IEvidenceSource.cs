using OpsBot.Contracts;

namespace OpsBot.Evidence;

/// <summary>
/// A read-only source of observations. It demands bounds, gives partial results with the reason, and tells "nothing there" from
/// "could not look". It never throws for what a source can do to it: the reason stands in <see cref="Observations.Problems"/>.
/// </summary>
public interface IEvidenceSource
{
    /// <summary>How people call it: <c>prometheus main</c>, <c>logs /var/log/shop</c>.</summary>
    string Name { get; }

    /// <summary>Looks, within the bounds of the request.</summary>
    Task<Observations> CollectAsync(EvidenceRequest request, CancellationToken cancellationToken);

    /// <summary>Why nothing can be had of it, asked without any incident; null where it answers, or where only an incident could tell.</summary>
    Task<string?> ProblemAsync(CancellationToken cancellationToken) => Task.FromResult<string?>(null);
}

/// <summary>What is asked of every source.</summary>
/// <param name="Incident">What fired.</param>
/// <param name="Window">Where to look.</param>
/// <param name="Baseline">A period known to be healthy, where one is known.</param>
/// <param name="Bounds">How much may be read.</param>
public sealed record EvidenceRequest(IncidentFacts Incident, TimeWindow Window, TimeWindow? Baseline, EvidenceBounds Bounds);

/// <summary>What a diagnosis is told of its incident. All text here is from outside.</summary>
/// <param name="StartedAt">When somebody was told, not when the fault began.</param>
/// <param name="Service">Only where the alert named one.</param>
public sealed record IncidentFacts(
    string Id, string Title, DateTimeOffset StartedAt, string Source, string? Service, string? Severity, string Environment,
    IReadOnlyDictionary<string, string> Labels, string? Summary = null, string? Description = null, string? Expression = null);

/// <summary>Bounds of one collection.</summary>
/// <param name="Deadline">Longest a source may take.</param>
/// <param name="MaxBytes">Most bytes read of one source.</param>
/// <param name="MaxSeries">Most metric series of one source.</param>
/// <param name="MaxRows">Most rows (changes, commands, patterns) of one source.</param>
public sealed record EvidenceBounds(TimeSpan Deadline, long MaxBytes, int MaxSeries, int MaxRows)
{
    /// <summary>20 s, 1 GiB, 20,000 series, 10,000 rows.</summary>
    public static EvidenceBounds Default { get; } = new(TimeSpan.FromSeconds(20), 1L << 30, 20_000, 10_000);
}
