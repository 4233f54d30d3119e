using System.Text.RegularExpressions;
using OpsBot.Signals.Canary;
using OpsBot.Watches.Declared;

namespace OpsBot.Watches.Canaries;

/// <summary>What is wrong with a canary as it is declared.</summary>
internal static partial class CanaryRules
{
    private const string Selector = "{selector}";

    public static IEnumerable<string> Problems(WatchDeclaration one, CanaryOptions canary)
    {
        if (canary.Canary.Trim().Length > 0 && canary.Canary == canary.Baseline)
            yield return "canary.baseline: is what the canary is, so that there is nothing to compare";
        foreach (var problem in Words("canary.canary", canary.Canary, asks: false).Concat(Words("canary.baseline", canary.Baseline, asks: false)).Concat(Words("canary.traffic", canary.Traffic, asks: true)))
            yield return problem;
        for (var i = 0; i < canary.Metrics.Count; i++)
        {
            var (metric, where) = (canary.Metrics[i], $"canary.metrics[{i}]");
            if (canary.Metrics.FindIndex(other => other.Name.Equals(metric.Name, StringComparison.OrdinalIgnoreCase)) < i)
                yield return $"{where}.name: another metric is called '{metric.Name}' already";
            string?[] forms = [metric.Errors, metric.Buckets, metric.Value];
            if (forms.Count(form => form is not null) != 1)
                yield return $"{where}: is read from {(forms.All(form => form is null) ? "nothing" : "two things")}; set errors, buckets or value";
            else if (metric.Errors is not null && metric.Quantile is not null)
                yield return $"{where}.quantile: errors have none";
            foreach (var problem in Words(where, metric.Errors ?? metric.Buckets ?? metric.Value ?? Selector, asks: true))
                yield return problem;
        }

        if (CanaryTest.Problem(new CanaryPlan([.. canary.Metrics.Select(metric => metric.ToSpec(text => text).Metric)], canary.Alpha, canary.LeastIntervals, canary.LeastTraffic)) is { } unfit)
            yield return $"canary: {unfit}";
        else if (one.For - canary.WarmUp < canary.LeastIntervals * one.Every)
            yield return $"for: leaves less than {canary.LeastIntervals} intervals behind a warm-up of {canary.WarmUp}";
        else if ((one.For - canary.WarmUp) / one.Every > CanaryTest.Most(canary.Metrics.Count))
            yield return $"for: has more than the {CanaryTest.Most(canary.Metrics.Count)} intervals that {canary.Metrics.Count} metrics are compared over; look less often";
    }

    private static IEnumerable<string> Words(string where, string text, bool asks)
    {
        if (asks && !text.Contains(Selector, StringComparison.Ordinal))
            yield return $"{where}: asks for both sides the same; write {Selector} where the labels of a side belong";
        foreach (Match match in Word().Matches(text))
        {
            var word = match.Groups["word"].Value;
            if (!CanaryWords.All.Contains(word) && !(asks && word is "selector" or "window"))
                yield return $"{where}: {{{word}}} is no word of a deploy; there are {string.Join(", ", CanaryWords.All)}{(asks ? ", selector, window" : "")}";
        }
    }

    [GeneratedRegex(@"\{(?<word>[A-Za-z]+)\}", RegexOptions.NonBacktracking)]
    private static partial Regex Word();
}
