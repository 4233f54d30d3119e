using OpsBot.Contracts;
using OpsBot.Evidence;
using OpsBot.Signals.LogTemplates;
using OpsBot.Signals.RootCause;
using OpsBot.Signals.Series;
using OpsBot.Signals.Traces;

namespace OpsBot.Diagnosis.Triage;

/// <summary>What triage works on.</summary>
internal sealed record TriageCase(IncidentFacts Incident, TimeWindow Window, TimeWindow? Baseline, Observations Seen)
{
    /// <summary>Where the onset is looked for.</summary>
    public OnsetSearch Search { get; } = OnsetSearch.Before(Window.From, Incident.StartedAt);

    /// <summary>Spans with their own time, worked out once.</summary>
    public SpanForest Forest { get; } = SpanForest.Of(Seen.Spans);

    public ServiceGraph Graph { get; } = new(
        Seen.Calls.Concat(Seen.Metrics.Where(m => m is { Owner: MetricOwner.Edge, Service: not null, Peer: not null }).Select(m => (m.Service!, m.Peer!))),
        Seen.RunsOn);

    private readonly Dictionary<LogDigest, IReadOnlyList<TemplateCount>> _operations = new(ReferenceEqualityComparer.Instance);

    /// <summary>Spans of each operation, counted in the buckets of a log digest; worked out once.</summary>
    public IReadOnlyList<TemplateCount> OperationsOf(LogDigest digest) =>
        _operations.TryGetValue(digest, out var known) ? known : _operations[digest] = OperationCounts.Of(Seen.Spans, digest);
}
