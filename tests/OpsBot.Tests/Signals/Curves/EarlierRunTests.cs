using OpsBot.Contracts.Training;
using OpsBot.Signals.Curves;

namespace OpsBot.Tests.Signals.Curves;

/// <summary>What earlier runs of the same job do to the chance, over many made-up jobs whose runs differ in where they level off.</summary>
public sealed class EarlierRunTests
{
    private const int Jobs = 40, Before = 5, Judged = 5, Points = 60;
    private const double Target = 1;

    private static readonly CurveGoal Goal = new("validation/loss", GoalDirection.Min, Target, 600);

    [Theory]
    [InlineData(0.25)]
    [InlineData(0.5)]
    public void They_move_the_chance_towards_what_comes_and_leave_it_as_well_calibrated(double at)
    {
        var random = new Random(7);
        List<(double Alone, double Among, bool Reached)> all = [];
        for (var job = 0; job < Jobs; job++)
        {
            // some jobs are easy, some are hopeless, most have runs of both sorts
            var level = 1 + (0.12 * Normal(random));
            var earlier = Enumerable.Range(0, Before).Select(_ => Run(random, level)).Select((run, i) => AsKept(run, $"run {i}")).ToList();
            for (var i = 0; i < Judged; i++)
            {
                var run = Run(random, level);
                var seen = run[..(int)(Points * at)];
                all.Add((Chance(seen, []), Chance(seen, earlier), run.Any(value => value <= Target)));
            }
        }

        all.Count(one => one.Reached).ShouldBeInRange(all.Count / 4, all.Count * 3 / 4);
        double Mean(Func<(double Alone, double Among, bool Reached), double> of, bool reached) => all.Where(one => one.Reached == reached).Average(of);
        (Mean(one => one.Among, reached: true) - Mean(one => one.Among, reached: false))
            .ShouldBeGreaterThan(Mean(one => one.Alone, reached: true) - Mean(one => one.Alone, reached: false) + 0.2, "what reaches it and what does not are told apart");
        var (alone, among) = (Brier(all.Select(one => (one.Alone, one.Reached))), Brier(all.Select(one => (one.Among, one.Reached))));
        among.ShouldBeLessThan(alone * 0.75, $"Brier {among:0.000} with, {alone:0.000} without");
        var (gapAlone, gapAmong) = (Gap([.. all.Select(one => (one.Alone, one.Reached))]), Gap([.. all.Select(one => (one.Among, one.Reached))]));
        gapAmong.ShouldBeLessThan(gapAlone, $"calibration gap {gapAmong:0.000} with, {gapAlone:0.000} without");
    }

    [Fact]
    public void A_curve_that_is_kept_is_bounded_and_has_its_ends_and_its_best()
    {
        var curve = new TrainingCurve("auc", [.. Enumerable.Range(0, 1000).Select(i => (long)i)], [.. Enumerable.Range(0, 1000).Select(i => i == 501 ? 9.0 : 0.1)]);

        var kept = curve.Thinned(501);

        kept.Steps.Count.ShouldBe(TrainingCurve.Most);
        (kept.Steps[0], kept.Steps[^1], kept.Values.Max()).ShouldBe((0, 999, 9.0));
        kept.Steps.ShouldBeInOrder();
    }

    private static double[] Run(Random random, double level)
    {
        var (end, height, speed) = (level + (0.06 * Normal(random)), 1.5 + (0.2 * Normal(random)), 5 + random.NextDouble());
        return [.. Enumerable.Range(1, Points).Select(i => end + (height * Math.Exp(-speed * i / Points)) + (0.004 * Normal(random)))];
    }

    /// <summary>As the store keeps it.</summary>
    private static EarlierRun AsKept(double[] values, string name)
    {
        var best = Array.IndexOf(values, values.Min());
        var curve = new TrainingCurve(Goal.Metric!, [.. Enumerable.Range(1, Points).Select(i => i * 10L)], values).Thinned(best);
        return new EarlierRun(name, curve.Steps, curve.Values);
    }

    private static double Chance(double[] values, IReadOnlyList<EarlierRun> earlier)
    {
        var judge = new CurveJudge(Goal, null, earlier);
        return values.Select((value, i) => judge.Take(SomeCurve.Point((i + 1) * 10L, ("validation/loss", value)))).Last().PReach!.Value;
    }

    private static double Brier(IEnumerable<(double Chance, bool Reached)> all) => all.Average(one => Math.Pow(one.Chance - (one.Reached ? 1 : 0), 2));

    /// <summary>Mean distance of the chance from how often it came, over fifths.</summary>
    private static double Gap(List<(double Chance, bool Reached)> all) => all.GroupBy(one => Math.Min(4, (int)(one.Chance * 5)))
        .Sum(bin => Math.Abs(bin.Average(one => one.Chance) - bin.Average(one => one.Reached ? 1.0 : 0)) * bin.Count()) / all.Count;

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
