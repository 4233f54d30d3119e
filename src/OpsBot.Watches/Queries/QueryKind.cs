using System.Text.Json;
using OpsBot.Contracts;
using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Watches;
using OpsBot.Watches.Ticks;

namespace OpsBot.Watches.Queries;

/// <summary>Watches a metric query of a Prometheus server.</summary>
internal sealed class QueryKind(IMetricSampler metrics) : IWatchKind
{
    public const string Name = "query";

    // A look waits for its turn at the server, and no longer than that others of the same watch come up behind it.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    public string Kind => Name;

    public string Lane(Watch watch) => $"{Name}/{Read(watch).Source}";

    public async Task<WatchObservation> ObserveAsync(Watch watch, CancellationToken cancellationToken)
    {
        var spec = Read(watch);
        var budget = watch.Interval < Longest ? watch.Interval : Longest;
        var sample = await metrics.SampleAsync(spec.Source, spec.Expr, budget, cancellationToken);
        return new QueryObservation(
            sample is { Problem: null, Values.Count: > 0 }, sample.Problem ?? (sample.Values.Count == 0 ? "no series answers to the query" : null), sample.Values);
    }

    public WatchJudgement Judge(Watch watch, WatchObservation observation, DateTimeOffset now) => QueryJudge.Judge(
        watch, Read(watch), watch.State is { } state ? JsonSerializer.Deserialize<QueryState>(state, OpsBotJson.Options)! : QueryState.Begin,
        (observation as QueryObservation)?.Values ?? [], now);

    private static QuerySpec Read(Watch watch) => JsonSerializer.Deserialize<QuerySpec>(watch.Spec, OpsBotJson.Options)!;

    private sealed record QueryObservation(bool Saw, string? Note, IReadOnlyList<MetricValue> Values) : WatchObservation(Saw, Note, null);
}
