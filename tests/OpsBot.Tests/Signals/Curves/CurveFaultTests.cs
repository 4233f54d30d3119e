using OpsBot.Contracts.Training;
using OpsBot.Signals.Curves;

namespace OpsBot.Tests.Signals.Curves;

public class CurveFaultTests
{
    private const int Onset = 200;

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void A_value_that_is_not_finite_is_named_at_its_own_step_and_once(double value)
    {
        var points = With(SomeCurve.Healthy("power", 1), Onset, 30, _ => value, "grad_norm");

        var alert = SomeCurve.Alerts(points).ShouldHaveSingleItem();

        alert.Kind.ShouldBe(CurveAlertKind.NonFinite);
        (alert.Metric, alert.Step).ShouldBe(("grad_norm", points[Onset].Step));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(15)]
    public void A_jump_of_the_loss_is_a_spike_at_its_own_step_and_recovers_once(int length)
    {
        for (var seed = 0; seed < 10; seed++)
        {
            var points = With(SomeCurve.Healthy("exponential", seed), Onset, length, value => 3 * value);

            var alerts = SomeCurve.Alerts(points).Where(alert => alert.Metric == "train/loss").ToList();

            alerts.Select(alert => alert.Kind).ShouldBe([CurveAlertKind.Spike, CurveAlertKind.Recovered], $"seed {seed}");
            alerts.Select(alert => alert.Step).ShouldBe([points[Onset].Step, points[Onset + length].Step]);
        }
    }

    [Fact]
    public void A_jump_that_stays_is_a_divergence_within_twenty_values()
    {
        var points = With(SomeCurve.Healthy("power", 3), Onset, 200, value => value + 3);

        var divergence = SomeCurve.Alerts(points).Where(alert => alert.Kind == CurveAlertKind.Divergence).ShouldHaveSingleItem();

        divergence.Step.ShouldBeLessThanOrEqualTo(points[Onset + 20].Step);
    }

    [Fact]
    public void A_loss_that_runs_away_is_a_divergence_and_not_a_spike()
    {
        double[] losses = [6.4, 6.35, 6.5, 7.2, 9.0, 10.3, 11.4];

        var alert = SomeCurve.Alerts(losses.Select((loss, i) => SomeCurve.Point(100 + (10 * i), ("lm loss", loss)))).ShouldHaveSingleItem();

        (alert.Kind, alert.Step).ShouldBe((CurveAlertKind.Divergence, 140L));
    }

    [Fact]
    public void A_score_that_falls_to_nothing_and_stays_there_is_a_divergence()
    {
        var points = Enumerable.Range(0, 60).Select(i => SomeCurve.Point(i, ("eval/bleu", i < 30 ? 20 + (0.1 * i) : 0.01)));

        SomeCurve.Alerts(points).Select(alert => (alert.Kind, alert.Step)).ShouldBe([(CurveAlertKind.Spike, 30L), (CurveAlertKind.Divergence, 37L)]);
    }

    [Theory]
    [InlineData("elapsed time per iteration (ms)", 22_000, 1.06)]
    [InlineData("step_time", 0.4, 1.2)]
    [InlineData("samples per second", 512, 0.9)]
    [InlineData("TFLOPs", 149, 0.93)]
    public void Steps_that_take_longer_are_called_at_the_third(string metric, double usual, double factor)
    {
        var random = new Random(7);
        var points = Enumerable.Range(0, 120).Select(i => SomeCurve.Point(i, (metric, usual * (1 + (0.003 * SomeCurve.Normal(random))) * (i < 60 ? 1 : factor)))).ToList();

        var alert = SomeCurve.Alerts(points).ShouldHaveSingleItem();

        (alert.Kind, alert.Step).ShouldBe((CurveAlertKind.Throughput, 62L));
    }

    [Fact]
    public void Steps_that_take_longer_by_their_own_times_are_called()
    {
        var at = SomeCurve.Start;
        var points = Enumerable.Range(0, 60).Select(i => SomeCurve.At(i * 10, at = at.AddSeconds(i < 30 ? 20 : 45), (SomeCurve.Loss, 2 - (0.001 * i)))).ToList();

        SomeCurve.Alerts(points).ShouldHaveSingleItem().Kind.ShouldBe(CurveAlertKind.Throughput);
    }

    [Fact]
    public void The_rank_that_the_others_wait_for_is_named()
    {
        var random = new Random(3);
        var points = Enumerable.Range(0, 50).Select(i => SomeCurve.Point(
            i, [.. Enumerable.Range(0, 8).Select(rank => ($"rank{rank}/step_time", (rank == 5 && i >= 20 ? 1.4 : 1) * (1 + (0.01 * random.NextDouble()))))])).ToList();

        var alert = SomeCurve.Alerts(points).ShouldHaveSingleItem();

        (alert.Kind, alert.Step).ShouldBe((CurveAlertKind.Straggler, 22L));
        alert.Message.ShouldContain("Rank 5");
    }

    [Fact]
    public void Validation_that_gets_worse_while_training_gets_better_is_overfitting()
    {
        var points = Enumerable.Range(0, 40).Select(i => SomeCurve.Point(i * 100, ("train/loss", 2 * Math.Exp(-0.08 * i)), ("validation/loss", 1 + (0.002 * Math.Pow(i - 12, 2))))).ToList();

        var alert = SomeCurve.Alerts(points).First();

        alert.Kind.ShouldBe(CurveAlertKind.Overfitting);
        alert.Step.ShouldBeInRange(1700, 2000);
    }

    [Fact]
    public void A_goal_that_no_longer_gets_better_is_a_plateau()
    {
        var points = Enumerable.Range(0, 60).Select(i => SomeCurve.Point(i * 10, ("val/auc", i < 20 ? 0.5 + (0.01 * i) : 0.69 - (0.0001 * (i % 3)))));

        var alert = SomeCurve.Alerts(points, new CurveGoal("val/auc", GoalDirection.Max, 0.78, 10_000)).First();

        (alert.Kind, alert.Step).ShouldBe((CurveAlertKind.Plateau, 380L));
    }

    private static List<CurvePoint> With(List<CurvePoint> points, int from, int count, Func<double, double> change, string metric = "train/loss")
    {
        for (var i = from; i < Math.Min(points.Count, from + count); i++)
        {
            var values = new Dictionary<string, double>(points[i].Values);
            values[metric] = change(values[metric]);
            points[i] = points[i] with { Values = values };
        }

        return points;
    }
}
