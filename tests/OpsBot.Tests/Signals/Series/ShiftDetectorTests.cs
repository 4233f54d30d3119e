using FsCheck;
using FsCheck.Fluent;
using OpsBot.Signals.Series;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Signals.Series;

public class ShiftDetectorTests
{
    [Fact]
    public void A_step_is_found_between_the_two_samples_around_the_onset()
    {
        var series = Some.Series(before: 10, during: 30);
        var shift = ShiftDetector.Find(series.Times, series.Values, Some.Search);
        shift.Score.ShouldBeGreaterThan(1.5);
        var onset = Some.Onset.ToUnixTimeMilliseconds();
        shift.OnsetMs.ShouldBeInRange(onset - 60_000, onset);
        shift.Before.ShouldBe(10, 0.5);
        shift.During.ShouldBe(30, 1);
    }

    [Fact]
    public void A_flat_series_has_no_shift()
    {
        var series = Some.Series(ripple: 0);
        ShiftDetector.Find(series.Times, series.Values, Some.Search).Score.ShouldBe(0);
    }

    [Fact]
    public void A_ripple_that_was_always_there_is_ordinary()
    {
        var series = Some.Series(ripple: 0.5);
        ShiftDetector.Find(series.Times, series.Values, Some.Search).Score.ShouldBeLessThan(0.35);
    }

    [Fact]
    public void One_wild_sample_counts_less_than_a_step_of_the_same_height()
    {
        var spike = Some.Series();
        spike.Values[52] = 30;
        var step = Some.Series(during: 30);
        ShiftDetector.Find(spike.Times, spike.Values, Some.Search).Score
            .ShouldBeLessThan(ShiftDetector.Find(step.Times, step.Values, Some.Search).Score);
    }

    [Fact]
    public void A_series_that_begins_with_the_search_has_nothing_to_be_compared_with()
    {
        var series = Some.Series(during: 30);
        ShiftDetector.Find(series.Times[45..], series.Values[45..], Some.Search).ShouldBe(SeriesShift.None);
    }

    [Fact]
    public void Missing_samples_are_left_out()
    {
        var series = Some.Series(during: 30);
        for (var i = 0; i < 60; i += 3)
        {
            series.Values[i] = double.NaN;
        }

        ShiftDetector.Find(series.Times, series.Values, Some.Search).Score.ShouldBeGreaterThan(1);
    }

    [Fact]
    public void Of_two_stretches_that_are_as_clear_the_earlier_is_found_in_any_unit()
    {
        var series = Some.Series(during: 10);
        var scaled = series.Values.Select(value => value * 0.01).ToArray();
        ShiftDetector.Find(series.Times, scaled, Some.Search).OnsetMs.ShouldBe(ShiftDetector.Find(series.Times, series.Values, Some.Search).OnsetMs);
    }

    [Fact]
    public void The_unit_does_not_matter() => Prop.ForAll(
        Gen.Choose(-12, 12).ToArbitrary(),
        Gen.Choose(1, 60).ToArbitrary(),
        (power, during) =>
        {
            var series = Some.Series(during: during);
            var scaled = series.Values.Select(value => value * Math.Pow(10, power)).ToArray();
            var plain = ShiftDetector.Find(series.Times, series.Values, Some.Search);
            var other = ShiftDetector.Find(series.Times, scaled, Some.Search);
            return Math.Abs(plain.Score - other.Score) < 1e-6 && plain.OnsetMs == other.OnsetMs;
        }).QuickCheckThrowOnFailure();
}
