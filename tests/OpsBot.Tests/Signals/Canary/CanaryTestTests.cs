using FsCheck;
using FsCheck.Fluent;
using OpsBot.Signals.Canary;

namespace OpsBot.Tests.Signals.Canary;

public sealed class CanaryTestTests
{
    private static readonly CanaryMetric Errors = new("errors", CanaryMetricKind.Share, 0.5, IgnoreBelow: 0.001);
    private static readonly CanaryMetric Latency = new("p99", CanaryMetricKind.Quantile, 0.1, Quantile: 0.99);
    private static readonly CanaryMetric Cpu = new("cpu", CanaryMetricKind.Gauge, 0.2);

    [Fact]
    public void A_canary_whose_every_request_fails_is_rolled_back_as_soon_as_a_verdict_may_be()
    {
        var test = new CanaryTest(new CanaryPlan([Errors]));
        for (var minute = 1; minute <= 4; minute++)
        {
            test.Add([Counts(50, 50, 5, 950)]);
            test.Judge(isOver: false).Call.ShouldBe(CanaryCall.GoOn);
        }

        test.Add([Counts(50, 50, 5, 950)]);
        var judged = test.Judge(isOver: false);
        judged.Call.ShouldBe(CanaryCall.RollBack);
        judged.Blamed!.ShouldSatisfyAllConditions(errors => errors.Effect!.Value.ShouldBe(189, 1), errors => errors.Low!.Value.ShouldBeGreaterThan(10), errors => errors.Evidence.ShouldBeGreaterThan(20));
    }

    [Fact]
    public void What_has_no_errors_at_all_is_promoted_once_there_was_enough_traffic_for_it()
    {
        Judge([Errors], Enumerable.Repeat(Counts(0, 10, 0, 200), 60)).ShouldSatisfyAllConditions(
            few => few.Call.ShouldBe(CanaryCall.Hold), few => few.Metrics[0].Standing.ShouldBe(CanaryStanding.Undecided));
        Judge([Errors], Enumerable.Repeat(Counts(0, 1000, 0, 20_000), 60)).Call.ShouldBe(CanaryCall.Promote);
    }

    [Fact]
    public void Nothing_is_promoted_on_too_few_requests_and_that_is_said()
    {
        var judged = Judge([Cpu], Enumerable.Range(0, 60).Select(i => Values(0.5 + (i % 3 * 0.01), 0.5, traffic: 1)));
        judged.Call.ShouldBe(CanaryCall.Hold);
        judged.Metrics[0].ShouldSatisfyAllConditions(
            cpu => cpu.Standing.ShouldBe(CanaryStanding.TooLittleTraffic), cpu => cpu.LeftOut.ShouldContain("60 requests to the canary and 60 to the baseline, 100 are needed"));
    }

    [Fact]
    public void A_quantile_of_fewer_requests_than_it_needs_is_not_compared()
    {
        var judged = Judge([Latency], Enumerable.Repeat(Values(0.9, 0.3, traffic: 50), 60));
        judged.Call.ShouldBe(CanaryCall.Hold);
        judged.Metrics[0].ShouldSatisfyAllConditions(p99 => p99.Standing.ShouldBe(CanaryStanding.TooLittleTraffic), p99 => p99.LeftOut.ShouldStartWith("60 intervals with too few requests"));
    }

    [Fact]
    public void An_idle_side_is_not_compared_by_its_load()
    {
        // all traffic is at the canary from here on, and the baseline waits to be taken down
        var judged = Judge([Cpu], Enumerable.Range(0, 60).Select(i => new CanarySample(new CanaryReading(0.5 + (i % 3 * 0.01), 1000), i < 4 ? new CanaryReading(0.5, 1000) : new CanaryReading(0.01, 0))));
        judged.Call.ShouldBe(CanaryCall.Hold);
        judged.Metrics[0].LeftOut.ShouldStartWith("56 intervals without a request to one side");
        Judge([Cpu], Enumerable.Range(0, 60).Select(i => Values(0.9 + (i % 3 * 0.01), 0.5, traffic: 0))).Call.ShouldBe(CanaryCall.RollBack, "what nobody asks anything works by itself");
    }

    [Theory]
    [InlineData(true, false, CanaryStanding.NoCanary, "60 intervals without data of the canary")]
    [InlineData(false, true, CanaryStanding.NoBaseline, "60 intervals without data of the baseline")]
    [InlineData(true, true, CanaryStanding.NoData, "60 intervals without data")]
    public void A_side_that_is_missing_is_named_and_nothing_is_decided(bool noCanary, bool noBaseline, CanaryStanding standing, string expected)
    {
        var sample = new CanarySample(noCanary ? default : new CanaryReading(0.5, 1000), noBaseline ? default : new CanaryReading(0.5, 1000));
        var judged = Judge([Cpu], Enumerable.Repeat(sample, 60));
        (judged.Call, judged.Metrics[0].Standing, judged.Metrics[0].LeftOut).ShouldBe((CanaryCall.Hold, standing, expected));
    }

    [Fact]
    public void What_was_blind_for_more_than_half_of_the_time_is_not_promoted() => Judge(
        [Cpu], Enumerable.Range(0, 60).Select(i => i % 3 == 0 ? Values(0.5 + (i % 2 * 0.001), 0.5) : default)).Call.ShouldBe(CanaryCall.Hold);

    [Fact]
    public void Every_metric_has_to_be_good_enough_and_one_that_is_worse_is_named()
    {
        CanarySample Equal(int i) => Values(0.5 + (i % 3 * 0.002), 0.5 + (i % 2 * 0.002));
        Judge([Cpu, Latency], 60, i => [Equal(i), Equal(i)]).Call.ShouldBe(CanaryCall.Promote);
        Judge([Cpu, Latency], 60, i => [Equal(i), default]).Call.ShouldBe(CanaryCall.Hold);
        var worse = Judge([Cpu, Latency], 60, i => [Equal(i), Values(0.36 + (i % 3 * 0.01), 0.3)]);
        (worse.Call, worse.Blamed!.Name).ShouldBe((CanaryCall.RollBack, "p99"));
    }

    [Fact]
    public void What_is_worse_for_certain_and_by_less_than_is_tolerated_is_no_reason_to_roll_back()
    {
        var judged = Judge([Latency], Enumerable.Range(0, 60).Select(i => Values(0.3 * 1.03 * (1 + (i % 3 * 0.001)), 0.3)));
        judged.Call.ShouldBe(CanaryCall.Promote);
        judged.Metrics[0].Low!.Value.ShouldBeGreaterThan(0.02);
        judged.Metrics[0].High!.Value.ShouldBeLessThan(0.04);
    }

    [Fact]
    public void Where_lower_is_worse_the_directions_change_places()
    {
        var hits = new CanaryMetric("hits", CanaryMetricKind.Share, 0.1, CanaryWorse.Lower);
        Judge([hits], Enumerable.Repeat(Counts(400, 1000, 900, 1000), 20)).ShouldSatisfyAllConditions(
            worse => worse.Call.ShouldBe(CanaryCall.RollBack), worse => worse.Blamed!.Effect!.Value.ShouldBe(-0.556, 0.001), worse => worse.Blamed!.High!.Value.ShouldBeLessThan(-0.4));
        Judge([hits], Enumerable.Repeat(Counts(950, 1000, 900, 1000), 60)).Call.ShouldBe(CanaryCall.Promote);
    }

    [Fact]
    public void A_baseline_that_is_zero_is_told_apart_unless_it_is_said_what_to_ignore()
    {
        var samples = Enumerable.Range(0, 60).Select(i => Values(i % 2 * 0.001, 0)).ToList();
        Judge([Cpu], samples).ShouldSatisfyAllConditions(judged => judged.Call.ShouldBe(CanaryCall.Hold), judged => judged.Metrics[0].Effect.ShouldBeNull());
        Judge([Cpu with { IgnoreBelow = 0.1 }], samples).Call.ShouldBe(CanaryCall.Promote);
    }

    [Theory]
    [InlineData(double.NaN, 10)]
    [InlineData(double.PositiveInfinity, 10)]
    [InlineData(-5, 10)]
    [InlineData(1e300, 10)]
    [InlineData(20, 10)]
    [InlineData(1, double.NaN)]
    [InlineData(1, -10)]
    [InlineData(1, 1e300)]
    public void Numbers_that_cannot_be_count_for_nothing(double value, double traffic)
    {
        foreach (var metric in new[] { Errors, Latency with { Quantile = null }, Cpu })
        {
            var clean = Enumerable.Range(0, 30).Select(i => metric.Kind == CanaryMetricKind.Share ? Counts(i % 3, 1000, i % 2, 1000) : Values(1 + (i % 3 * 0.01), 1)).ToList();
            var odd = clean.Concat([new CanarySample(new CanaryReading(value, traffic), new CanaryReading(1, 10))]);
            var (with, without) = (AtOnce(metric, odd), AtOnce(metric, clean));
            var isTaken = metric.Kind != CanaryMetricKind.Share && double.IsFinite(value) && Math.Abs(value) <= 1e15 && (metric.Kind == CanaryMetricKind.Gauge || value > 0) && traffic is not (< 0 or > 1e15);
            with.Intervals.ShouldBe(without.Intervals + (isTaken ? 1 : 0), metric.Name);
            if (!isTaken)
                with.Effect.ShouldBe(without.Effect);
        }
    }

    [Fact]
    public void One_wild_minute_changes_no_verdict()
    {
        CanarySample At(int i) => Values(i == 2 ? 50 : 0.3 + (i % 5 * 0.002), 0.3 + (i % 3 * 0.002));
        Judge([Latency], 60, i => [At(i)]).Call.ShouldBe(CanaryCall.Promote);
    }

    [Theory]
    [InlineData(0, 0.05, 5, 0.1, "1 to 8 metrics")]
    [InlineData(1, 0.9, 5, 0.1, "alpha")]
    [InlineData(1, 0.05, 1, 0.1, "3 to 720 intervals")]
    [InlineData(1, 0.05, 5, 0, "'p99' tolerates")]
    [InlineData(1, 0.05, 5, double.NaN, "'p99' tolerates")]
    [InlineData(1, double.NaN, 5, 0.1, "alpha")]
    public void A_plan_that_cannot_be_followed_is_refused_with_the_reason(int metrics, double alpha, int least, double tolerated, string expected) =>
        CanaryTest.Problem(new CanaryPlan([.. Enumerable.Repeat(Latency with { Tolerated = tolerated }, metrics)], alpha, least)).ShouldNotBeNull().ShouldContain(expected);

    [Fact]
    public void Whatever_it_is_given_it_says_something_finite_and_the_bounds_hold_the_effect() => Prop.ForAll(
        (from kind in Gen.Elements(Errors, Latency, Cpu, Latency with { Quantile = null }, Errors with { Worse = CanaryWorse.Lower, Tolerated = 0.2 })
         from numbers in Number().ArrayOf().Resize(120)
         select (kind, numbers)).ToArbitrary(),
        input =>
        {
            var test = new CanaryTest(new CanaryPlan([input.kind]));
            foreach (var four in input.numbers.Chunk(4).Where(chunk => chunk.Length == 4))
            {
                test.Add([new CanarySample(new CanaryReading(four[0], four[1]), new CanaryReading(four[2], four[3]))]);
                var judged = test.Judge(isOver: false);
                var metric = judged.Metrics[0];
                double.IsFinite(judged.Evidence).ShouldBeTrue();
                double.IsFinite(metric.Evidence).ShouldBeTrue();
                test.Call(isOver: false).ShouldBe(judged.Call);
                if (metric.Effect is { } effect)
                {
                    double.IsFinite(effect).ShouldBeTrue();
                    (metric.Low ?? effect).ShouldBeLessThanOrEqualTo(effect);
                    (metric.High ?? effect).ShouldBeGreaterThanOrEqualTo(effect);
                }
            }
        }).QuickCheckThrowOnFailure();

    private static Gen<double?> Number() => Gen.Frequency(
        (6, Gen.Choose(0, 1000).Select(number => (double?)number)),
        (3, Gen.Choose(-100, 100_000).Select(number => (double?)(number / 1000.0))),
        (1, Gen.Elements<double?>(null, double.NaN, double.PositiveInfinity, double.MaxValue, -1e15, 1e15, double.Epsilon, 0)));

    private static CanarySample Counts(double bad, double of, double baseline, double baselineOf) => new(new CanaryReading(bad, of), new CanaryReading(baseline, baselineOf));

    private static CanarySample Values(double canary, double baseline, double traffic = 1000) => new(new CanaryReading(canary, traffic), new CanaryReading(baseline, traffic));

    private static CanaryJudgement Judge(IReadOnlyList<CanaryMetric> metrics, IEnumerable<CanarySample> samples) =>
        samples.ToList() is var all ? Judge(metrics, all.Count, i => [all[i]]) : throw new InvalidOperationException();

    private static CanaryMetricJudgement AtOnce(CanaryMetric metric, IEnumerable<CanarySample> samples)
    {
        var test = new CanaryTest(new CanaryPlan([metric]));
        foreach (var sample in samples)
            test.Add([sample]);
        return test.Judge(isOver: true).Metrics[0];
    }

    /// <summary>Looked at after each interval, until there is a verdict.</summary>
    private static CanaryJudgement Judge(IReadOnlyList<CanaryMetric> metrics, int intervals, Func<int, CanarySample[]> at)
    {
        var test = new CanaryTest(new CanaryPlan(metrics));
        for (var i = 0; i < intervals; i++)
        {
            test.Add(at(i));
            if (test.Judge(isOver: i == intervals - 1) is { Call: not CanaryCall.GoOn } judged)
                return judged;
        }

        throw new InvalidOperationException("a canary that is over has a verdict");
    }
}
