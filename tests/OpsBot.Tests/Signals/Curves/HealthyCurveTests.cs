namespace OpsBot.Tests.Signals.Curves;

public class HealthyCurveTests
{
    public static TheoryData<string> Shapes => [.. SomeCurve.HealthyShapes];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_healthy_run_of_any_shape_raises_nothing(string shape)
    {
        for (var seed = 0; seed < 20; seed++)
        {
            SomeCurve.Alerts(SomeCurve.Healthy(shape, seed)).ShouldBeEmpty($"{shape}, seed {seed}");
        }
    }

    [Fact]
    public void A_batch_size_that_grows_is_no_slow_down()
    {
        var points = Enumerable.Range(0, 40).Select(i => SomeCurve.Point(i, ("step time (s)", i < 20 ? 1 : 2), ("global batch size", i < 20 ? 512 : 1024)));

        SomeCurve.Alerts(points).ShouldBeEmpty();
    }

    [Fact]
    public void A_checkpoint_that_makes_one_step_slow_is_no_slow_down()
    {
        var points = Enumerable.Range(0, 100).Select(i => SomeCurve.Point(i, ("step time (s)", i % 25 == 24 ? 9 : 1 + (0.001 * (i % 3)))));

        SomeCurve.Alerts(points).ShouldBeEmpty();
    }

    [Fact]
    public void A_scaler_that_skips_a_step_may_overflow()
    {
        var points = Enumerable.Range(0, 20).Select(i => SomeCurve.Point(
            i, (SomeCurve.Loss, 2), ("grad norm", i == 10 ? double.PositiveInfinity : 1), ("number of skipped iterations", i == 10 ? 1 : 0)));

        SomeCurve.Alerts(points).ShouldBeEmpty();
    }

    [Fact]
    public void A_loss_scale_is_no_loss()
    {
        var points = Enumerable.Range(0, 40).Select(i => SomeCurve.Point(i, ("loss scale", i < 20 ? 4096 : 65536), ("train/loss_weight", i < 20 ? 1 : 50)));

        SomeCurve.Alerts(points).ShouldBeEmpty();
    }
}
