using System.Diagnostics;
using OpsBot.Contracts.Training;
using OpsBot.Signals.Curves;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Signals.Curves;

public class CurveStreamTests
{
    private static readonly CurveGoal Goal = new("validation/loss", GoalDirection.Min, 2.1, 4000);

    [Fact]
    public void Cutting_the_future_changes_nothing_before()
    {
        var random = new Random(11);
        foreach (var shape in SomeCurve.HealthyShapes)
        {
            var points = Troubled(shape, random);
            var whole = Told(CurveReplay.OfPoints(points, Goal));
            for (var cut = 0; cut < 5; cut++)
            {
                var length = random.Next(points.Count);
                Told(CurveReplay.OfPoints(points.Take(length), Goal)).ShouldBe(whole.Take(length), $"{shape} cut at {length}");
            }
        }
    }

    [Fact]
    public void A_judge_that_is_saved_and_restored_goes_on_as_if_nothing_had_happened()
    {
        var random = new Random(12);
        foreach (var shape in SomeCurve.HealthyShapes)
        {
            var points = Troubled(shape, random);
            var judge = new CurveJudge(Goal);
            var told = new List<string>();
            foreach (var point in points)
            {
                told.AddRange(Told([judge.Take(point)]));
                if (random.Next(7) == 0)
                {
                    var state = judge.Save();
                    judge = new CurveJudge(Goal);
                    judge.Restore(state).ShouldBeTrue();
                    judge.Save().ShouldBe(state);
                }
            }

            told.ShouldBe(Told(CurveReplay.OfPoints(points, Goal)), shape);
        }
    }

    [Fact]
    public void A_judge_that_is_restored_remembers_what_was_best_who_was_slow_and_what_was_said()
    {
        var points = Enumerable.Range(0, 60).Select(i => SomeCurve.At(
            i * 10, SomeCurve.Start.AddMinutes(i), ("train/loss", 2 * Math.Exp(-0.05 * i)), ("validation/loss", 2.5 + (0.002 * Math.Pow(i - 15, 2))),
            ("step time (s)", i < 40 ? 1 + (0.001 * (i % 3)) : 1.3), ("rank0/step_time", 1), ("rank1/step_time", 1), ("rank2/step_time", i < 50 ? 1 : 2))).ToList();
        var whole = Told(CurveReplay.OfPoints(points, Goal));
        var told = new List<string>();
        var state = new CurveJudge(Goal).Save();
        foreach (var point in points)
        {
            var judge = new CurveJudge(Goal);
            judge.Restore(state).ShouldBeTrue();
            told.AddRange(Told([judge.Take(point)]));
            state = judge.Save();
        }

        told.ShouldBe(whole);
        var said = string.Join(' ', whole);
        said.ShouldContain(nameof(CurveAlertKind.Overfitting));
        said.ShouldContain(nameof(CurveAlertKind.Plateau));
        said.ShouldContain(nameof(CurveAlertKind.Throughput));
        said.ShouldContain(nameof(CurveAlertKind.Straggler));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"Version":999}""")]
    [InlineData("""{"Version":1,"Losses":{"loss":7}}""")]
    public void A_state_that_cannot_be_used_is_refused_and_leaves_the_judge_as_it_is(string state)
    {
        var judge = new CurveJudge(Goal);
        judge.Take(SomeCurve.Point(5, ("validation/loss", 3)));
        var before = judge.Save();

        judge.Restore(state).ShouldBeFalse();

        judge.Save().ShouldBe(before);
    }

    [Fact]
    public void Very_many_points_cost_bounded_memory_and_little_time()
    {
        var many = LongRun.IsOn ? 1_000_000 : 150_000;
        var judge = new CurveJudge(new CurveGoal(SomeCurve.Loss, GoalDirection.Min, 0.5, many));
        var random = new Random(5);
        var clock = Stopwatch.StartNew();
        var largest = 0;
        for (var i = 0; i < many; i++)
        {
            judge.Take(SomeCurve.Point(i, (SomeCurve.Loss, 1 + Math.Pow(i + 1, -0.3) + (0.01 * random.NextDouble()))));
            largest = i % 10_000 == 0 ? Math.Max(largest, judge.Save().Length) : largest;
        }

        largest.ShouldBeLessThan(64 * 1024);
        // a tenth of this on a quiet machine
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public void A_run_with_thousands_of_metrics_is_still_bounded()
    {
        var judge = new CurveJudge(CurveGoal.None);
        for (var step = 0; step < 20; step++)
        {
            judge.Take(SomeCurve.Point(step, [.. Enumerable.Range(0, 5000).Select(i => ($"layer{i}/loss", 1.0 + i))]));
        }

        judge.Save().Length.ShouldBeLessThan(512 * 1024);
    }

    [Fact]
    public void A_point_that_comes_late_is_left_out()
    {
        var points = SomeCurve.Healthy("power", 4);
        var late = points.ToList();
        late.Insert(300, points[20] with { Values = new Dictionary<string, double> { ["train/loss"] = 99 } });

        SomeCurve.Alerts(late, Goal).Select(alert => alert.Message).ShouldBe(SomeCurve.Alerts(points, Goal).Select(alert => alert.Message));
    }

    [Fact]
    public void What_a_step_repeats_is_left_out()
    {
        var points = SomeCurve.Healthy("power", 4);

        Told(CurveReplay.OfPoints(points.SelectMany(point => new[] { point, point }), Goal)).Where((_, i) => i % 2 == 0).ShouldBe(Told(CurveReplay.OfPoints(points, Goal)));
    }

    [Fact]
    public void A_run_that_goes_back_to_a_checkpoint_is_judged_from_there()
    {
        double[] before = [3, 2.9, 2.8, 2.7, 9];
        double[] after = [2.8, 2.75, 2.7, 2.65, 2.6, 2.55, 2.5];
        var points = before.Select((loss, i) => SomeCurve.Point(10 * i, (SomeCurve.Loss, loss)))
            .Concat(after.Select((loss, i) => SomeCurve.Point(20 + (10 * i), (SomeCurve.Loss, loss)))).ToList();
        var judge = new CurveJudge(new CurveGoal(SomeCurve.Loss, GoalDirection.Min, 1, 1000));

        var alerts = points.SelectMany(point => judge.Take(point).Alerts).ToList();

        alerts.Select(alert => alert.Kind).ShouldBe([CurveAlertKind.Spike]);
        judge.AsEarlierRun("this").Values.ShouldBe([3, 2.9, .. after]);
    }

    [Fact]
    public void Nothing_one_point_a_constant_and_numbers_at_the_edge_are_judged_without_a_fault_of_ours()
    {
        SomeCurve.Alerts([], Goal).ShouldBeEmpty();
        SomeCurve.Alerts([SomeCurve.Point(0)], Goal).ShouldBeEmpty();
        SomeCurve.Alerts([SomeCurve.Point(1, ("validation/loss", 3))], Goal).ShouldBeEmpty();
        SomeCurve.Alerts(Enumerable.Range(0, 50).Select(i => SomeCurve.Point(i, (SomeCurve.Loss, 0)))).ShouldBeEmpty();
        foreach (var value in new[] { 0, -1, double.MaxValue, double.MinValue, double.Epsilon })
        {
            foreach (var target in new[] { 0, -5, 1e300, -1e300 })
            {
                foreach (var judgement in CurveReplay.OfPoints(Enumerable.Range(0, 30).Select(i => SomeCurve.Point(i, ("m", value))), new CurveGoal("m", GoalDirection.Min, target, 60)))
                {
                    judgement.PReach!.Value.ShouldBeInRange(0, 1);
                }
            }
        }
    }

    /// <summary>A run to which something happens: a spike, a late point, a return, a NaN.</summary>
    private static List<CurvePoint> Troubled(string shape, Random random)
    {
        var points = SomeCurve.Healthy(shape, random.Next(), 200);
        for (var i = 0; i < 4; i++)
        {
            var at = random.Next(30, points.Count);
            var values = points[at].Values.ToDictionary(value => value.Key, value => i == 0 ? double.NaN : value.Value * 5);
            points[at] = points[at] with { Values = values };
            points.Insert(random.Next(30, points.Count), points[random.Next(20)]);
        }

        points.InsertRange(150, points.Skip(100).Take(40).ToList());
        return points;
    }

    private static List<string> Told(IEnumerable<CurveJudgement> judgements) =>
        [.. judgements.Select(judgement => FormattableString.Invariant($"{judgement.Step} {judgement.PReach:r} {judgement.ExpectedStep} {string.Join(';', judgement.Alerts)}"))];
}
