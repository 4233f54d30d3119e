using System.Globalization;
using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Watches;
using OpsBot.Signals.Canary;
using OpsBot.Tests.Support;
using OpsBot.Watches.Canaries;
using OpsBot.Watches.Desk;
using OpsBot.Watches.Ticks;

namespace OpsBot.Tests.Watches.Canaries;

/// <summary>Ticks of a canary, one after the other, without a store. What the numbers say is shown by the tests of the signal.</summary>
public sealed class CanaryWatchTests
{
    private readonly TwoSides _server = new();
    private DateTimeOffset _now = Some.WatchBegan;

    [Fact]
    public async Task A_canary_that_is_worse_ends_early_with_the_metric_its_effect_its_bounds_and_charts()
    {
        _server.Answer = (canary, metric, tick) => metric == "traffic" ? 1000 : metric == "errors" ? (canary ? 30 + (tick % 5) : 10 + (tick % 3)) : 0.5 + (tick % 3 * 0.01);
        var watch = await RunAsync(Watch());
        watch.Verdict!.ShouldSatisfyAllConditions(
            end => end.Outcome.ShouldBe(WatchOutcome.Bad), end => end.Text.ShouldStartWith("roll back: errors +"), end => end.Text.ShouldContain("worse (e "),
            end => end.Text.ShouldContain("; cpu "));
        watch.Tick.ShouldBeLessThan(14);
        watch.Problems.ShouldHaveSingleItem().ShouldSatisfyAllConditions(problem => problem.Kind.ShouldBe("canary-worse"), problem => problem.Facts!["metric"].ShouldBe("errors"));
        watch.Reading.Label.ShouldBe("errors: canary against baseline, per cent");
        watch.Reading.Others!.ShouldHaveSingleItem().Label.ShouldStartWith("cpu: ");
        watch.Reading.Values[^1]!.Value.ShouldBe(190, 40);
        watch.Reading.Times.Count.ShouldBe((int)watch.Tick - 6);
        WatchFacts.Of(watch, watch.Problems[0]).ShouldBe(
            new Dictionary<string, string> { ["service"] = "checkout", ["version"] = "2.4.1", ["environment"] = "prod", ["metric"] = "errors" }, ignoreOrder: true);
    }

    [Fact]
    public async Task A_canary_that_is_equal_is_promoted_before_its_time_is_over()
    {
        _server.Answer = (_, metric, tick) => metric == "traffic" ? 20_000 : metric == "errors" ? 40 + (tick * 7 % 5) : 0.5 + (tick * 5 % 7 * 0.01);
        var watch = await RunAsync(Watch());
        watch.Verdict!.ShouldSatisfyAllConditions(end => end.Outcome.ShouldBe(WatchOutcome.Good), end => end.Text.ShouldStartWith("promote: nothing is worse than tolerated; "));
        watch.Problems.ShouldBeEmpty();
        watch.Tick.ShouldBeInRange(11, 40);
    }

    [Fact]
    public async Task Warm_up_is_left_out()
    {
        // errors while caches fill, and none afterwards
        _server.Answer = (canary, metric, tick) => metric == "traffic" ? 20_000 : metric == "errors" ? (canary && tick < 5 ? 10_000 : 40) : 0.5 + (tick % 3 * 0.01);
        var watch = await TickAsync(Watch());
        watch.Reading.Text.ShouldBe("nothing counts before 03:06:00 UTC: warm-up");
        (await RunAsync(watch)).Verdict!.Outcome.ShouldBe(WatchOutcome.Good);
    }

    [Fact]
    public async Task An_interval_that_lies_in_the_one_before_or_behind_the_end_of_a_deploy_counts_for_nothing()
    {
        _server.Answer = (_, metric, tick) => metric == "traffic" ? 1000 : metric == "errors" ? 40 + (tick % 5) : 0.5 + (tick % 3 * 0.01);
        var watch = Watch();
        for (var i = 0; i < 8; i++)
            watch = await TickAsync(watch);
        var counted = Counted(watch);
        counted.ShouldBeGreaterThan(0);

        // resumed, and looked at once
        for (var i = 0; i < 5; i++)
            watch = await TickAsync(watch with { NextDueAt = _now.AddSeconds(5) });
        Counted(watch).ShouldBe(counted);
        watch = await TickAsync(watch with { NextDueAt = _now.AddSeconds(40) });
        Counted(watch).ShouldBe(counted + 1);
        watch = await TickAsync(watch with { NextDueAt = _now.AddSeconds(60), Deadline = _now.AddSeconds(30) });
        (watch.Status, Counted(watch)).ShouldBe((WatchStatus.Ended, counted + 1));

        static int Counted(Watch watch) => System.Text.Json.JsonDocument.Parse(watch.State!).RootElement.GetProperty("times").GetArrayLength();
    }

    [Fact]
    public async Task Too_little_traffic_is_held_and_said_and_never_promoted()
    {
        _server.Answer = (canary, metric, _) => metric == "traffic" ? (canary ? 1 : 1000) : metric == "errors" ? 0 : 0.5;
        var watch = await RunAsync(Watch());
        watch.Verdict!.ShouldSatisfyAllConditions(
            end => end.Outcome.ShouldBe(WatchOutcome.Unknown), end => end.Text.ShouldStartWith("hold: "), end => end.Text.ShouldContain("too little traffic to tell"),
            end => end.Text.ShouldContain("requests to the canary and"));
        watch.Problems.ShouldHaveSingleItem().Kind.ShouldBe("canary-held");
    }

    [Fact]
    public async Task A_side_without_data_is_said_while_it_lasts_and_holds_the_canary_at_its_end()
    {
        _server.Answer = (canary, metric, _) => canary ? null : metric == "traffic" ? 1000 : 1;
        var watch = Watch();
        for (var i = 0; i < 4; i++)
            watch = await TickAsync(watch);
        watch.Problems.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            problem => problem.Kind.ShouldBe("canary-one-sided"), problem => problem.Text.ShouldStartWith("no data of the canary for 4 intervals"));
        watch = await RunAsync(watch);
        watch.Verdict!.Text.ShouldContain("no data of the canary");
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_blindness_and_no_errors_are_made_of_it()
    {
        _server.Problem = "no answer within 20 s";
        var watch = Watch();
        for (var i = 0; i < 3; i++)
            watch = await TickAsync(watch);
        watch.Problems.ShouldHaveSingleItem().ShouldSatisfyAllConditions(problem => problem.Kind.ShouldBe("blind"), problem => problem.Text.ShouldContain("no answer within 20 s"));
    }

    [Fact]
    public async Task A_query_that_no_series_ever_answered_to_is_told_with_the_verdict()
    {
        _server.Answer = (_, metric, tick) => metric == "traffic" ? 20_000 : metric == "errors" ? null : 0.5 + (tick % 3 * 0.01);
        (await RunAsync(Watch())).Verdict!.ShouldSatisfyAllConditions(
            end => end.Outcome.ShouldBe(WatchOutcome.Good), end => end.Text.ShouldEndWith("; no series ever answered to errors, which was taken for none"));
    }

    [Fact]
    public async Task What_is_slow_is_told_by_the_baseline_during_the_warm_up_and_counted_on_both_sides()
    {
        var slow = new CanaryMetricOptions { Name = "slow", Buckets = "buckets{{selector}}", Quantile = 0.95 };
        _server.Buckets = canary => canary ? [("0.1", 800), ("0.5", 880), ("1", 990), ("+Inf", 1000)] : [("0.1", 900), ("0.5", 960), ("1", 995), ("+Inf", 1000)];
        var watch = await RunAsync(Watch(slow));
        watch.State!.ShouldContain("\"bounds\":{\"slow\":\"0.5\"}");
        watch.Verdict!.Text.ShouldStartWith("roll back: slow +200 % (");
    }

    [Theory]
    [InlineData("le=0.5, code=200", "series that are no buckets")]
    [InlineData("le=many", "series that are no buckets")]
    public async Task A_histogram_that_is_none_is_said(string labels, string expected)
    {
        _server.Buckets = _ => [(labels["le=".Length..], 1), ("+Inf", 2)];
        var result = await ResultAsync(Watch(new CanaryMetricOptions { Name = "slow", Buckets = "buckets{{selector}}" }));
        result.Findings.ShouldContain(finding => finding.Kind == "canary-incomplete" && finding.Text.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Several_series_are_no_value_and_that_is_said()
    {
        _server.Answer = (_, metric, _) => metric == "traffic" ? 1000 : 1;
        _server.Series = 2;
        var result = await ResultAsync(Watch());
        result.Findings.ShouldContain(finding => finding.Text.Contains("answers with 2 series; aggregate them to one", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Both_sides_are_asked_with_their_labels_the_interval_and_the_words_of_the_deploy()
    {
        _server.Answer = (_, _, _) => 1;
        await TickAsync(Watch());
        _server.Asked.ShouldBe(
            [
                "traffic{app=\"checkout\",version=\"2.4.1\"}[60s]", "errors{app=\"checkout\",version=\"2.4.1\"}[60s]", "cpu{app=\"checkout\",version=\"2.4.1\"}[60s]",
                "traffic{app=\"checkout\",version!=\"2.4.1\"}[60s]", "errors{app=\"checkout\",version!=\"2.4.1\"}[60s]", "cpu{app=\"checkout\",version!=\"2.4.1\"}[60s]",
            ],
            ignoreOrder: true);
    }

    [Fact]
    public async Task What_is_remembered_stays_small_however_long_it_goes_on_and_it_comes_to_an_end()
    {
        _server.Answer = (canary, metric, tick) => metric == "traffic" ? 123_456.789 : metric == "errors" ? 0.123456789 + (tick % 50) : canary == (tick % 2 == 0) ? 1e-7 : 0.98765432123;
        var watch = Watch() with { Deadline = Some.WatchBegan.AddDays(2) };
        watch = await RunAsync(watch, atMost: CanaryTest.Most(2) + 20);
        watch.Verdict!.Text.ShouldStartWith("hold: ");
        watch.State!.Length.ShouldBeLessThan(WatchLimits.State / 2);
        watch.Reading.Times.Count.ShouldBeLessThanOrEqualTo(WatchLimits.Points);
    }

    private static Watch Watch(params CanaryMetricOptions[] metrics)
    {
        var options = new CanaryOptions
        {
            Canary = "app=\"checkout\",version=\"{version}\"",
            Baseline = "app=\"checkout\",version!=\"{version}\"",
            Traffic = "traffic{{selector}}[{window}]",
        };
        options.Metrics.AddRange(metrics.Length > 0
            ? metrics
            : [new() { Name = "errors", Errors = "errors{{selector}}[{window}]" }, new() { Name = "cpu", Value = "cpu{{selector}}[{window}]" }]);
        var words = new Dictionary<string, string?> { ["service"] = "checkout", ["version"] = "2.4.1" };
        return CanaryWatches.Make(new WatchTerms(null, TimeSpan.FromMinutes(1), TimeSpan.FromHours(1), 3, "ana", "prod", "checkout"), options, words, Some.WatchBegan) with
        {
            Id = 1,
            NextDueAt = Some.WatchBegan,
        };
    }

    private async Task<Watch> RunAsync(Watch watch, int atMost = 100)
    {
        for (var i = 0; i < atMost && watch.Status != WatchStatus.Ended; i++)
            watch = await TickAsync(watch);
        watch.Status.ShouldBe(WatchStatus.Ended);
        return watch;
    }

    private async Task<Watch> TickAsync(Watch watch) => (await ResultAsync(watch)).Watch;

    private async Task<TickResult> ResultAsync(Watch watch)
    {
        var kind = new CanaryKind(_server);
        _now = watch.NextDueAt > _now ? watch.NextDueAt.Value : _now;
        _server.Tick = watch.Tick;
        return TickFlow.Apply(watch, kind, await kind.ObserveAsync(watch, TestContext.Current.CancellationToken), _now);
    }

    /// <summary>A server that knows the canary by its label, and each metric by the first word of the query.</summary>
    private sealed class TwoSides : IMetricSampler
    {
        public List<string> Asked { get; } = [];

        public long Tick { get; set; }

        public string? Problem { get; set; }

        public int Series { get; set; } = 1;

        public Func<bool, string, long, double?> Answer { get; set; } = (_, metric, _) => metric == "traffic" ? 1000 : null;

        public Func<bool, (string Le, double Count)[]> Buckets { get; set; } = _ => [];

        public IReadOnlyList<string> Sources => ["prometheus main"];

        public Task<MetricSample> SampleAsync(string? source, string expression, TimeSpan budget, CancellationToken cancellationToken)
        {
            Asked.Add(expression);
            if (Problem is not null)
                return Task.FromResult(new MetricSample([], Problem));
            var isCanary = expression.Contains("version=\"", StringComparison.Ordinal);
            var metric = expression[..expression.IndexOf('{', StringComparison.Ordinal)];
            return Task.FromResult(new MetricSample(
                metric == "buckets"
                    ? [.. Buckets(isCanary).Select(bucket => new MetricValue($"le={bucket.Le}", bucket.Count))]
                    : Answer(isCanary, metric, Tick) is { } value ? [.. Enumerable.Range(0, metric == "cpu" ? Series : 1).Select(i => new MetricValue(i.ToString(CultureInfo.InvariantCulture), value))] : [],
                null));
        }
    }
}
