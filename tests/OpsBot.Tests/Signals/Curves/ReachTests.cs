using OpsBot.Signals.Curves;

namespace OpsBot.Tests.Signals.Curves;

public class ReachTests
{
    private const long Budget = 1000;
    private static readonly CurveGoal Goal = new("validation/loss", GoalDirection.Min, 1, Budget);

    [Fact]
    public void A_run_that_is_near_is_more_probable_to_reach_its_target_than_one_that_is_far()
    {
        var odds = new[] { -0.08, 0, 0.2, 0.5 }.Select(off => Last(At(500, t => 1.05 + off + Math.Pow(200 * t, -0.7))).PReach!.Value).ToList();

        odds.ShouldBe(odds.OrderDescending());
        odds[0].ShouldBeGreaterThan(0.5);
        odds[^1].ShouldBeLessThan(0.3);
    }

    [Fact]
    public void The_same_curve_in_another_unit_or_turned_around_is_as_probable()
    {
        var curve = At(400, t => 1.2 + Math.Pow(100 * t, -0.5)).ToList();
        var inAnother = curve.Select(point => (point.Step, point.Value * 1e4));
        var turned = curve.Select(point => (point.Step, -point.Value));

        Last(inAnother, Goal with { Target = 1e4 }).PReach!.Value.ShouldBe(Last(curve).PReach!.Value, 1e-9);
        Last(turned, Goal with { Direction = GoalDirection.Max, Target = -1 }).PReach!.Value.ShouldBe(Last(curve).PReach!.Value, 1e-9);
    }

    [Fact]
    public void Training_that_runs_away_from_validation_makes_it_less_probable()
    {
        CurveJudgement Run(double widening) => CurveReplay.OfPoints(
            Enumerable.Range(1, 50).Select(i => SomeCurve.Point(
                i * 10L, ("train/loss", (1.1 + Math.Pow(i, -0.5)) * Math.Pow(i / 50.0, widening)), ("validation/loss", 1.15 + Math.Pow(i, -0.5)))), Goal).ToList()[^1];

        Run(-0.4).PReach!.Value.ShouldBeLessThan(Run(0).PReach!.Value - 0.05);
    }

    [Fact]
    public void What_is_reached_stays_reached()
    {
        var judgement = Last(At(600, t => t is > 0.3 and < 0.35 ? 0.99 : 1.5));

        (judgement.PReach, judgement.ExpectedStep).ShouldBe((1, 310L));
    }

    [Fact]
    public void A_run_at_the_end_of_its_budget_has_missed_its_target_and_that_is_said_once()
    {
        var judgements = CurveReplay.OfPoints(Enumerable.Range(1, 100).Select(i => SomeCurve.Point(i * 10L, ("validation/loss", 1.02 + (1.0 / i)))), Goal).ToList();

        judgements[^1].PReach.ShouldBe(0);
        judgements.SelectMany(judgement => judgement.Alerts).Where(alert => alert.Kind == CurveAlertKind.OffTarget).ShouldHaveSingleItem();
    }

    [Fact]
    public void A_run_that_is_hopeless_is_called_off_target_long_before_its_end()
    {
        var alerts = SomeCurve.Alerts(Enumerable.Range(1, 50).Select(i => SomeCurve.Point(i * 10L, ("train/loss", 8.9), ("validation/loss", 9 + (0.01 * (i % 3))))), Goal);

        alerts.ShouldContain(alert => alert.Kind == CurveAlertKind.OffTarget && alert.Step <= 300);
    }

    [Fact]
    public void Earlier_runs_that_stood_where_this_one_stands_decide()
    {
        EarlierRun Earlier(bool reached) => new("run", [.. Enumerable.Range(1, 100).Select(i => i * 10L)], [.. Enumerable.Range(1, 100).Select(i => i < 80 ? 1.3 + (1.0 / i) : reached ? 0.9 : 1.3)]);
        var now = At(400, t => 1.3 + (0.01 / t)).ToList();

        var good = Last(now, Goal, [Earlier(true), Earlier(true), Earlier(true), Earlier(true)]);
        var bad = Last(now, Goal, [Earlier(false), Earlier(false), Earlier(false), Earlier(false)]);

        good.PReach!.Value.ShouldBeGreaterThan(0.8);
        good.ExpectedStep.ShouldBe(800);
        bad.PReach!.Value.ShouldBeLessThan(0.2);
        bad.ExpectedStep.ShouldBeNull();
    }

    [Fact]
    public void Earlier_runs_that_ended_sooner_or_stood_elsewhere_say_nothing()
    {
        var now = At(400, t => 1.3 + (0.01 / t)).ToList();
        var alone = Last(now).PReach;

        Last(now, Goal, [new EarlierRun("short", [10, 20], [5, 4]), new EarlierRun("far", [10, 400, 1000], [9000, 9000, 9000])]).PReach!.Value.ShouldBe(alone!.Value, 1e-6);
    }

    [Theory]
    [InlineData(null, 1000L)]
    [InlineData(1.0, null)]
    public void Without_a_target_or_a_budget_there_is_no_probability(double? target, long? budget)
    {
        Last(At(500, t => 1 + t), Goal with { Target = target, BudgetSteps = budget }).PReach.ShouldBeNull();
    }

    private static IEnumerable<(long Step, double Value)> At(long upTo, Func<double, double> curve) =>
        Enumerable.Range(1, (int)(upTo / 10)).Select(i => (i * 10L, curve((double)i * 10 / Budget)));

    private static CurveJudgement Last(IEnumerable<(long Step, double Value)> curve, CurveGoal? goal = null, IReadOnlyList<EarlierRun>? earlier = null)
    {
        var judge = new CurveJudge(goal ?? Goal, null, earlier);
        return curve.Select(point => judge.Take(SomeCurve.Point(point.Step, ("validation/loss", point.Value)))).ToList()[^1];
    }
}
