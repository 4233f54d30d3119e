using FsCheck;
using FsCheck.Fluent;
using OpsBot.Diagnosis.Reporting;
using OpsBot.Diagnosis.Triage;
using OpsBot.Evidence;
using OpsBot.Signals.Series;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Diagnosis;

public class TriageRankingProperties
{
    private static readonly string[] Services = ["shop", "cart", "mail", "auth"];
    private static readonly string[] Metrics = ["latency_ms", "cpu_usage", "errors_total", "requests"];

    /// <summary>Levels during the fault, one a service and metric; 10 is as before.</summary>
    private static readonly Arbitrary<int[]> Levels = Gen.ArrayOf(Gen.Frequency((3, Gen.Constant(10)), (1, Gen.Choose(0, 200))), Services.Length * Metrics.Length).ToArbitrary();

    [Fact]
    public void The_order_of_services_and_columns_does_not_matter() => Prop.ForAll(Levels, levels =>
        IsSame(Case(levels), Case(levels, series => [.. series.Reverse()]))).QuickCheckThrowOnFailure();

    [Fact]
    public void The_unit_of_a_metric_does_not_matter() => Prop.ForAll(Levels, Gen.Choose(-6, 6).ToArbitrary(), (levels, power) =>
        IsSame(Case(levels), Case(levels, series => [.. series.Select(one => Scaled(one, power))]))).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_cause_cites_evidence_that_is_there_and_probabilities_are_probabilities() => Prop.ForAll(Levels, levels =>
    {
        var triage = Case(levels);
        var report = new ReportWriter(null).Write(triage.Incident, triage.Seen, TriageRanking.Rank(triage), null, 0);
        var ids = report.Evidence.Select(item => item.Id).ToList();
        return ids.Distinct().Count() == ids.Count
            && report.Causes.All(cause => cause.Evidence.Count > 0 && cause.Evidence.All(ids.Contains) && cause.Confidence is >= 0 and <= 1)
            && report.Causes.Select(cause => cause.Rank).SequenceEqual(Enumerable.Range(1, report.Causes.Count))
            && report.Causes.Count <= 10
            && report.Abstained == (report.Causes.Count == 0);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_flat_bundle_blames_nobody() => TriageRanking.Rank(Case([.. Enumerable.Repeat(10, 16)])).Causes.ShouldBeEmpty();

    /// <summary>Up to what the last digits of a sum may be.</summary>
    private static bool IsSame(TriageCase one, TriageCase other)
    {
        var (first, second) = (ByService(one), ByService(other));
        return first.Select(cause => cause.Service).SequenceEqual(second.Select(cause => cause.Service))
            && first.Zip(second).All(pair => Math.Abs(pair.First.Confidence - pair.Second.Confidence) < 1e-6);

        // two that are as likely may change places by the last digit
        static List<RankedCause> ByService(TriageCase triage) => [.. TriageRanking.Rank(triage).Causes.OrderBy(cause => cause.Service, StringComparer.Ordinal)];
    }

    private static TriageCase Case(int[] levels, Func<IEnumerable<MetricSeries>, IReadOnlyList<MetricSeries>>? change = null)
    {
        var series = Services.SelectMany((service, row) => Metrics.Select((metric, column) => Some.Series(metric, service, 10, levels[(row * Metrics.Length) + column])));
        var seen = new Observations { Metrics = change is null ? [.. series] : change(series), Calls = [("shop", "cart"), ("shop", "mail"), ("cart", "auth")] };
        return new TriageCase(Some.Incident("shop"), Some.Window, null, seen);
    }

    private static MetricSeries Scaled(MetricSeries series, int power) =>
        series.Metric == "cpu_usage" ? series with { Values = [.. series.Values.Select(value => value * Math.Pow(10, power))] } : series;
}
