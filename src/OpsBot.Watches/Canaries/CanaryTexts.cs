using System.Globalization;
using OpsBot.Contracts.Watches;
using OpsBot.Signals.Canary;

namespace OpsBot.Watches.Canaries;

/// <summary>A canary in words.</summary>
internal static class CanaryTexts
{
    /// <summary>What happened, in the words of the verdict: promote, roll back, hold.</summary>
    public static string Verdict(CanaryJudgement judged) => judged.Call switch
    {
        CanaryCall.Promote => $"promote: nothing is worse than tolerated; {All(judged.Metrics)}",
        CanaryCall.RollBack => $"roll back: {Of(judged.Blamed!)}{(judged.Metrics.Count > 1 ? $"; {All(judged.Metrics.Where(metric => metric != judged.Blamed))}" : "")}",
        _ => $"hold: it was not shown to be good enough, nor to be worse; {All(judged.Metrics)}",
    };

    /// <summary>While it goes on.</summary>
    public static string Stands(CanaryJudgement judged) => judged.Call == CanaryCall.GoOn ? All(judged.Metrics) : Verdict(judged);

    public static string WarmUp(CanarySpec spec, Watch watch) =>
        $"nothing counts before {(spec.CountsFrom + watch.Interval).UtcDateTime.ToString("HH:mm:ss 'UTC'", CultureInfo.InvariantCulture)}: warm-up";

    public static string OneSided(bool isCanarySeen, int looks) => string.Create(
        CultureInfo.InvariantCulture, $"no data of the {(isCanarySeen ? "baseline" : "canary")} for {looks} intervals, and there is some of the {(isCanarySeen ? "canary" : "baseline")}");

    /// <summary>One metric: <c>p99 +14 % (+6 to +23 %) in 12 intervals, worse (e 34)</c>.</summary>
    public static string Of(CanaryMetricJudgement metric)
    {
        var bounds = metric is { Low: null, High: null } ? "" : $" ({Percent(metric.Low) ?? "no bound"} to {Percent(metric.High) ?? "no bound"})";
        var effect = metric.Effect is null ? "" : $" {Percent(metric.Effect)}{bounds} in {metric.Intervals.ToString(CultureInfo.InvariantCulture)} intervals";
        return $"{metric.Name}{effect}, {Standing(metric)}{(metric.LeftOut.Length > 0 ? $" [{metric.LeftOut}]" : "")}";
    }

    /// <summary>A query that is misspelled finds no errors either.</summary>
    public static string NeverAnswered(CanarySpec spec, CanaryState state)
    {
        var silent = spec.Metrics.Where(metric => metric.Form == CanaryForm.Errors && !state.Answered.Contains(metric.Name)).Select(metric => metric.Name).ToList();
        return silent.Count == 0 ? "" : $"; no series ever answered to {string.Join(", ", silent)}, which was taken for none";
    }

    /// <summary>What is not good enough comes first: a long text is cut.</summary>
    private static string All(IEnumerable<CanaryMetricJudgement> metrics) =>
        string.Join("; ", metrics.OrderBy(metric => metric.Standing == CanaryStanding.GoodEnough).Select(Of));

    private static string Standing(CanaryMetricJudgement metric) => metric.Standing switch
    {
        CanaryStanding.GoodEnough => "good enough",
        CanaryStanding.Worse => string.Create(CultureInfo.InvariantCulture, $"worse (e {Math.Min(metric.Evidence, 1e6):0.#})"),
        CanaryStanding.SlightlyWorse => "worse, by less than is tolerated",
        CanaryStanding.TooLittleTraffic => "too little traffic to tell",
        CanaryStanding.NoCanary => "no data of the canary",
        CanaryStanding.NoBaseline => "no data of the baseline",
        CanaryStanding.NoData => "no data",
        _ => "not clear",
    };

    private static string? Percent(double? change) => change is not { } known ? null
        : Math.Abs(known) >= 10 ? string.Create(CultureInfo.InvariantCulture, $"{(known > 0 ? "×" : "")}{known + 1:0.#}")
        : string.Create(CultureInfo.InvariantCulture, $"{100 * known:+0.#;-0.#;0} %");
}
