using OpsBot.Canaries;
using OpsBot.Signals.Canary;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Signals.Canary;

/// <summary>
/// The stated rate of false alarms, looked at every minute of an hour. The ordinary run has a sample with its tolerance; the long one has all 10,000 and none but that of
/// counting them.
/// </summary>
public sealed class CanaryCalibrationTests
{
    private const double Alpha = 0.05;

    // A sample is looked at in two out of three kinds of traffic for each metric, so that the run stays short.
    private static readonly int Runs = LongRun.IsOn ? 10_000 : 500;

    /// <summary>What 10,000 (500) throws of a coin that shows 5 % give at most, once in 1,000 times.</summary>
    private static readonly double Most = Alpha + (3.1 * Math.Sqrt(Alpha * (1 - Alpha) / Runs));

    public static TheoryData<Looked, Traffic, double, double> Worlds()
    {
        var worlds = new TheoryData<Looked, Traffic, double, double>();
        foreach (var looked in Enum.GetValues<Looked>())
        {
            foreach (var traffic in Enum.GetValues<Traffic>())
            {
                foreach (var (split, perMinute) in new[] { (0.5, 2_000.0), (0.05, 20_000.0), (0.05, 1_000.0) })
                {
                    // A quantile of too few requests is not looked at; the sample has the autocorrelated half, and one split each.
                    if ((looked is Looked.P99 && split * perMinute < 800) || (looked is Looked.P90 && split * perMinute < 80))
                        continue;
                    if (LongRun.IsOn || (perMinute != 20_000 && (looked is Looked.Errors or Looked.Slow || traffic != Traffic.Poisson) && (split < 0.5) == (looked is Looked.Errors or Looked.P50)))
                        worlds.Add(looked, traffic, perMinute, split);
                }
            }
        }

        return worlds;
    }

    [Theory]
    [MemberData(nameof(Worlds))]
    public void A_canary_that_is_no_worse_is_called_worse_at_most_as_often_as_is_stated(Looked looked, Traffic traffic, double perMinute, double split) =>
        Share(CanaryCall.RollBack, new CanaryWorld(looked, traffic, perMinute, split, 0)).ShouldBeLessThanOrEqualTo(Most);

    /// <summary>The edge of what is tolerated: one step beyond must not be promoted more often than is stated either.</summary>
    [Theory]
    [InlineData(Looked.Errors, Traffic.Poisson, 0.25)]
    [InlineData(Looked.P99, Traffic.Autocorrelated, 0.05)]
    [InlineData(Looked.Saturation, Traffic.Autocorrelated, 0.05)]
    public void A_canary_that_is_worse_than_tolerated_is_promoted_at_most_as_often_as_is_stated(Looked looked, Traffic traffic, double worse) =>
        Share(CanaryCall.Promote, new CanaryWorld(looked, traffic, 2_000, 0.5, worse)).ShouldBeLessThanOrEqualTo(Most);

    [Fact]
    public void A_plain_test_that_is_looked_at_every_minute_has_several_times_its_rate()
    {
        var world = new CanaryWorld(Looked.P50, Traffic.Autocorrelated, 2_000, 0.5, 0);
        var peeked = Enumerable.Range(0, 200).Count(run => world.Run(run) is var samples && Enumerable.Range(5, 56).Any(at => PlainTests.SaysWorse(samples, at, isShare: false)));
        (peeked / 200.0).ShouldBeGreaterThan(0.15);
    }

    [Fact]
    public void Several_metrics_of_one_canary_have_one_rate()
    {
        var worlds = new[] { Looked.Errors, Looked.P50, Looked.P90, Looked.Saturation }.Select(looked => new CanaryWorld(looked, Traffic.Autocorrelated, 2_000, 0.5, 0)).ToList();
        var alarms = Enumerable.Range(0, Runs / 2).AsParallel().Count(run =>
        {
            var samples = worlds.Select((world, i) => world.Run((run * 4) + i)).ToList();
            var test = new CanaryTest(new CanaryPlan([.. worlds.Select(world => world.Metric)], Alpha));
            for (var minute = 0; minute < CanaryWorld.Minutes; minute++)
            {
                test.Add([.. samples.Select(each => each[minute])]);
                if (test.Call(isOver: false) is CanaryCall.RollBack)
                    return true;
            }

            return false;
        });
        (alarms / (Runs / 2.0)).ShouldBeLessThanOrEqualTo(Most);
    }

    [Theory]
    [InlineData(Looked.P99, 0.1, 0.9)]
    [InlineData(Looked.P50, 0.1, 0.9)]
    [InlineData(Looked.Errors, 1, 0.9)]
    public void What_is_worse_is_found(Looked looked, double worse, double least)
    {
        var world = new CanaryWorld(looked, Traffic.Poisson, 2_000, 0.5, worse);
        var found = Enumerable.Range(0, 100).Count(run => CanaryRun.Of(world, world.Run(run)).Call == CanaryCall.RollBack);
        (found / 100.0).ShouldBeGreaterThanOrEqualTo(least);
    }

    private static double Share(CanaryCall call, CanaryWorld world) =>
        Enumerable.Range(0, Runs).AsParallel().WithDegreeOfParallelism(2).Count(run => CanaryRun.Of(world, world.Run(run)).Call == call) / (double)Runs;
}
