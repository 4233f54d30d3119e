using System.Text.Json;
using OpsBot.Signals.Curves;

namespace OpsBot.Tests.Signals.Curves;

/// <summary>Measured on labelled runs outside of the repository; skipped where they are not.</summary>
public class CurveCasesTests
{
    [Fact]
    public void Runs_that_reach_their_target_are_told_from_those_that_do_not()
    {
        var runs = Runs("algoperf").ToList();

        Auroc(runs, 0.25).ShouldBeGreaterThan(0.74);
        Auroc(runs, 0.5).ShouldBeGreaterThan(0.8);
        Brier(runs, 0.25).ShouldBeLessThan(0.215);
        Brier(runs, 0.5).ShouldBeLessThan(0.185);
    }

    [Fact]
    public void Runs_that_reach_their_target_raise_no_alarm_of_divergence_and_are_not_given_up()
    {
        var reached = Runs("algoperf").Where(run => run.Reached).ToList();

        Share(reached, CurveAlertKind.Divergence).ShouldBeLessThanOrEqualTo(0.01);
        Share(reached, CurveAlertKind.OffTarget).ShouldBeLessThanOrEqualTo(0.02);
        Share(reached, CurveAlertKind.Plateau).ShouldBeLessThanOrEqualTo(0.03);
    }

    [Fact]
    public void Every_value_that_is_not_finite_is_named_at_its_step_and_no_healthy_run_is_accused()
    {
        foreach (var run in Runs("algoperf-health"))
        {
            var first = run.Judgements.SelectMany(judgement => judgement.Alerts).FirstOrDefault(alert => alert.Kind == CurveAlertKind.NonFinite);
            first?.Step.ShouldBe(run.NonFiniteAt!.Value, run.Name);
            (first is null).ShouldBe(run.NonFiniteAt is null, run.Name);
            if (run.Reached)
            {
                run.Judgements.SelectMany(judgement => judgement.Alerts).ShouldBeEmpty(run.Name);
            }
        }
    }

    [Fact]
    public void Each_event_of_a_real_log_is_called_by_its_kind_within_two_iterations_and_nothing_else_is_called()
    {
        foreach (var folder in Directory.GetDirectories(Folder("curves-logs")))
        {
            using var truth = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "truth.json")));
            var events = truth.RootElement.GetProperty("events").EnumerateArray()
                .Select(found => (Iteration: found.GetProperty("iteration").GetInt64(), Kind: found.GetProperty("kind").GetString())).ToList();

            var called = CurveReplay.OfLog(File.ReadLines(Path.Combine(folder, "log.txt")), CurveGoal.None).SelectMany(line => line.Judgement.Alerts)
                .Where(alert => alert.Kind != CurveAlertKind.Recovered).ToList();

            called.Select(alert => JsonNamingPolicy.KebabCaseLower.ConvertName(alert.Kind.ToString())).ShouldBe(events.Select(found => found.Kind), folder);
            called.Zip(events).ShouldAllBe(pair => Math.Abs(pair.First.Step - pair.Second.Iteration) <= 2, folder);
        }
    }

    private static double Share(List<Run> runs, CurveAlertKind kind) =>
        (double)runs.Count(run => run.Judgements.Any(judgement => judgement.Alerts.Any(alert => alert.Kind == kind))) / runs.Count;

    private static double Brier(List<Run> runs, double at) => runs.Average(run => Math.Pow((run.Reached ? 1 : 0) - run.At(at), 2));

    /// <summary>The probability that a run that reached its target is ranked above one of the same workload that did not; mean over workloads.</summary>
    private static double Auroc(List<Run> runs, double at) => runs.GroupBy(run => run.Workload).Average(workload =>
    {
        var (good, bad) = (workload.Where(run => run.Reached).ToList(), workload.Where(run => !run.Reached).ToList());
        return good.Average(one => bad.Average(other => one.At(at) > other.At(at) ? 1 : one.At(at) == other.At(at) ? 0.5 : 0));
    });

    private static IEnumerable<Run> Runs(string suite)
    {
        foreach (var folder in Directory.GetDirectories(Path.Combine(Folder("curves"), suite)))
        {
            using var watch = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "watch.json")));
            using var truth = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "truth.json")));
            var (goal, label) = (watch.RootElement, truth.RootElement);
            var judgements = CurveReplay.OfPoints(CurveCsv.Read(File.ReadLines(Path.Combine(folder, "curve.csv"))), new CurveGoal(
                goal.GetProperty("metric").GetString(), goal.GetProperty("goal").GetString() == "max" ? GoalDirection.Max : GoalDirection.Min,
                goal.GetProperty("target").GetDouble(), goal.GetProperty("budgetSteps").GetInt64())).ToList();
            var nonFinite = label.GetProperty("nonFiniteAt");
            yield return new Run(
                Path.GetFileName(folder), label.GetProperty("group").GetString()!, label.GetProperty("reached").GetBoolean(),
                nonFinite.ValueKind == JsonValueKind.Null ? null : nonFinite.GetInt64(), judgements);
        }
    }

    private static string Folder(string name)
    {
        var root = Environment.GetEnvironmentVariable("OPSBOT_CASES");
        Assert.SkipWhen(string.IsNullOrEmpty(root), "OPSBOT_CASES is not set: the labelled runs are not on this machine");
        return Path.Combine(root!, "cases", name);
    }

    private sealed record Run(string Name, string Workload, bool Reached, long? NonFiniteAt, List<CurveJudgement> Judgements)
    {
        public double At(double fraction) => Judgements.LastOrDefault(judgement => judgement.Fraction <= fraction + 1e-12)?.PReach ?? 0.5;
    }
}
