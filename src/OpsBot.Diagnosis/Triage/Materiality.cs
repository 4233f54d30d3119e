using OpsBot.Contracts.Diagnoses;
using OpsBot.Signals.RootCause;
using OpsBot.Signals.Series;

namespace OpsBot.Diagnosis.Triage;

/// <summary>
/// A shift can be clear and still not matter. Two comparisons across services, both free of units: how far a metric moved against
/// the farthest that the same metric moved anywhere, and how much of the traffic its owner carries.
/// </summary>
internal static class Materiality
{
    /// <summary>A service with this share of the busiest one's traffic is taken in full.</summary>
    private const double FullTraffic = 0.2;

    private const double LeastForSymptom = 0.2;
    private const double LeastForOthers = 0.5;
    private const double LeastForSmallMove = 0.3;
    private const double ToldBySpans = 0.5;

    public static IReadOnlyList<Finding> Weigh(IReadOnlyList<Finding> findings, TriageCase triage)
    {
        var farthest = findings
            .Where(finding => finding is { Metric: not null, Delta: not null })
            .GroupBy(finding => finding.Metric!, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Max(finding => Math.Abs(finding.Delta!.Value)), StringComparer.Ordinal);
        var traffic = Traffic(triage);
        var traced = triage.Seen.Spans.Select(span => span.Service).ToHashSet(StringComparer.Ordinal);
        var highest = triage.Seen.Metrics
            .GroupBy(series => series.Metric, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.SelectMany(series => series.Values).Where(value => !double.IsNaN(value)).Select(Math.Abs).DefaultIfEmpty(0).Max(), StringComparer.Ordinal);
        return
        [
            .. findings.Select(finding => finding with
            {
                Score = finding.Score * Move(finding, farthest) * Carried(finding, traffic) * Told(finding, traced),
                Footprint = finding is { Metric: { } metric, Delta: { } delta } && highest.GetValueOrDefault(metric) is > 0 and var level ? Math.Abs(delta) / level : 0,
            }),
        ];
    }

    /// <summary>Where spans are at hand they tell whose the time was; percentiles of a service include its callees.</summary>
    private static double Told(Finding finding, HashSet<string> traced) =>
        finding is { Role: AnomalyRole.Symptom, Kind: CauseKind.Latency, Service: { } service } && traced.Contains(service) ? ToldBySpans : 1;

    private static double Move(Finding finding, Dictionary<string, double> farthest)
    {
        // callers add up what their callees take, so the farthest latency is at the top and says nothing about the bottom
        if (finding.Role is AnomalyRole.Symptom or AnomalyRole.Outbound || finding.Metric is null || finding.Delta is not { } delta)
        {
            return 1;
        }

        return LeastForSmallMove + ((1 - LeastForSmallMove) * Math.Sqrt(Math.Abs(delta) / farthest[finding.Metric]));
    }

    private static double Carried(Finding finding, Dictionary<string, double> traffic)
    {
        if (finding.Service is null || !traffic.TryGetValue(finding.Service, out var share))
        {
            return 1;
        }

        var least = finding.Role is AnomalyRole.Symptom or AnomalyRole.Outbound ? LeastForSymptom : LeastForOthers;
        return Math.Max(least, Math.Min(1, share / FullTraffic));
    }

    /// <summary>Each service's share of the busiest one's requests, by the metric of requests that most services have.</summary>
    private static Dictionary<string, double> Traffic(TriageCase triage)
    {
        var from = triage.Window.From.ToUnixTimeMilliseconds();
        var common = triage.Seen.Metrics
            .Where(series => series is { Service: not null, Owner: not MetricOwner.Edge and not MetricOwner.Node } && Requests(series.Metric))
            .GroupBy(series => series.Metric, StringComparer.Ordinal)
            .OrderByDescending(group => group.Select(series => series.Service).Distinct(StringComparer.Ordinal).Count())
            .ThenBy(group => group.Key, StringComparer.Ordinal)
            .FirstOrDefault();
        if (common is null)
        {
            return [];
        }

        var means = common
            .GroupBy(series => series.Service!, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Sum(series => Mean(series, from)), StringComparer.Ordinal);
        var most = means.Values.Max();
        return most > 0 ? means.ToDictionary(pair => pair.Key, pair => pair.Value / most, StringComparer.Ordinal) : [];
    }

    private static bool Requests(string metric) => MetricMeaning.Of(metric) is { Role: MetricRole.Traffic, Kind: CauseKind.Unknown, Outbound: false };

    private static double Mean(MetricSeries series, long fromMs)
    {
        var values = series.Values.Where((value, i) => !double.IsNaN(value) && series.Times[i] >= fromMs).ToList();
        return values.Count == 0 ? 0 : Math.Max(0, values.Average());
    }
}
