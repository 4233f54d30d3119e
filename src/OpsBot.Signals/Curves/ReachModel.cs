namespace OpsBot.Signals.Curves;

/// <summary>
/// How probable it is that a run reaches its target within its budget: a logistic model of the curve's shape, and what became of earlier
/// runs of the same job that stood where this one stands.
/// </summary>
/// <remarks>
/// The weights were fitted on 150 public training runs of four workloads (a click predictor, a speech recogniser, a graph network and a
/// translator; many optimizers and schedules) that reached a target within a budget or did not. Recipe: features at 15, 20, … 50 % of the
/// budget; two models, of the rows within 13 % of 25 % and of 50 %; each feature centred on its mean and divided by its deviation within
/// workloads, limited to ± <see cref="Weight.Limit"/>, missing = 0; ridge 6, beside one intercept a workload with ridge 100 that is dropped
/// afterwards. Leaving one workload out, the area under the ROC curve is 0.74 and 0.83 (means of four), the Brier score 0.22 and 0.19. Trees, kernels and more features did
/// better on what they had seen and worse on the workload that was left out. Between and beyond the two the weights are interpolated and
/// held; before 25 % everything is drawn towards one half, and beyond 50 %, for which there were no runs, the odds shrink with the time left.
/// </remarks>
internal static class ReachModel
{
    private const double Quarter = 0.25;
    private const double Half = 0.5;
    private const double LeastSure = 0.002;

    /// <summary>How alike two runs must be: the width of the comparison of ln of what is left to the target.</summary>
    private const double Likeness = 0.35;

    private static readonly Model AtQuarter = new(
        -0.119,
        [
            new(-0.375, -2.210, 0.795, 9), new(0.164, -0.932, 0.349, 9), new(-0.308, 0.073, 0.075, 3), new(0.399, -3.283, 2.051, 3),
            new(0.491, 0.797, 0.183, 3), new(0.472, 0.526, 0.222, 3), new(0, 0, 1, 3),
        ]);

    private static readonly Model AtHalf = new(
        -0.053,
        [
            new(-1.004, -2.937, 1.091, 9), new(0.355, -0.932, 0.349, 9), new(-0.597, 0.116, 0.106, 3), new(0, 0, 1, 3),
            new(0, 0, 1, 3), new(0, 0, 1, 3), new(0.352, 0.583, 0.473, 3),
        ]);

    /// <returns>The probability, null without a budget; and the step where the target is expected, null where it is not.</returns>
    public static (double? PReach, long? ExpectedStep) Judge(CurveGoal goal, CurveState state, IReadOnlyList<EarlierRun> earlier)
    {
        if (goal.BudgetSteps is not (> 0 and var budget))
        {
            return (null, null);
        }

        if (ReachFeatures.Of(goal, state) is not { } features)
        {
            return (0.5, null);
        }

        var at = (double)state.Goal.Last / budget;
        var probability = Among(Probability(features, at), goal, state, earlier, out var steps);
        return (probability, probability >= 0.5 ? Expected(goal, state, budget, steps) : null);
    }

    public static double Probability(ReachFeatures features, double at)
    {
        var share = Math.Clamp((at - Quarter) / (Half - Quarter), 0, 1);
        var z = ((1 - share) * AtQuarter.Of(features)) + (share * AtHalf.Of(features));
        z *= Math.Clamp(at / Quarter, 0, 1);
        z += at > Half ? Math.Log(Math.Max(1 - at, 1e-3) / Half) : 0;
        return Math.Clamp(1 / (1 + Math.Exp(-z)), LeastSure, 1 - LeastSure);
    }

    /// <summary>Each earlier run counts as much as it was like this one at this step, the model's own opinion as much as one.</summary>
    private static double Among(double own, CurveGoal goal, CurveState state, IReadOnlyList<EarlierRun> earlier, out List<(double Weight, long Step)> reachedAt)
    {
        reachedAt = [];
        var left = Left(goal, state.Goal.Steps, state.Goal.Values, state.Goal.Last);
        var (sum, weights) = (own, 1.0);
        foreach (var run in earlier)
        {
            // what had not come as far tells nothing of what comes after
            if (run.Steps.Count == 0 || run.Steps[^1] < state.Goal.Last || Left(goal, run.Steps, run.Values, state.Goal.Last) is not { } other || left is not { } mine)
            {
                continue;
            }

            var apart = (mine - other) / Likeness;
            var weight = Math.Exp(-apart * apart / 2);
            var reached = FirstReached(goal, run);
            if (reached is null && run.Steps[^1] < goal.BudgetSteps * 0.95)
            {
                continue;
            }

            var within = reached <= goal.BudgetSteps;
            (sum, weights) = (sum + (within ? weight : 0), weights + weight);
            if (within && reached is { } step)
            {
                reachedAt.Add((weight, step));
            }
        }

        return sum / weights;
    }

    private static double? Left(CurveGoal goal, IReadOnlyList<long> steps, IReadOnlyList<double> values, long upTo)
    {
        var turn = goal.Direction == GoalDirection.Min ? 1.0 : -1.0;
        var best = double.PositiveInfinity;
        for (var i = 0; i < steps.Count && steps[i] <= upTo; i++)
        {
            best = Math.Min(best, turn * values[i]);
        }

        var target = turn * goal.Target!.Value;
        return double.IsFinite(best) ? Math.Log(Math.Max(best - target, 1e-4 * Math.Max(Math.Abs(target), 1e-9)) / Math.Max(Math.Abs(target), 1e-9)) : null;
    }

    private static long? FirstReached(CurveGoal goal, EarlierRun run)
    {
        for (var i = 0; i < run.Steps.Count; i++)
        {
            if (goal.IsReachedBy(run.Values[i]))
            {
                return run.Steps[i];
            }
        }

        return null;
    }

    /// <summary>Where earlier runs reached it, else where a line over the logarithm of time meets the target, at the end of the budget at the latest.</summary>
    private static long? Expected(CurveGoal goal, CurveState state, long budget, List<(double Weight, long Step)> earlier)
    {
        if (earlier.Sum(run => run.Weight) > 0.5)
        {
            return Math.Max(state.Goal.Last, (long)(earlier.Sum(run => run.Weight * run.Step) / earlier.Sum(run => run.Weight)));
        }

        var turn = goal.Direction == GoalDirection.Min ? 1.0 : -1.0;
        var curve = CurveStretch.Of(state.Goal, budget, turn);
        var at = curve.At[^1];
        var slope = -curve.After(0.3 * at).SlopeOverLogTime();
        var left = curve.Near(at, 0.85) - (turn * goal.Target!.Value);
        return slope > 0 ? (long)(Math.Min(1, at * Math.Exp(Math.Min(left / slope, 50))) * budget) : budget;
    }

    /// <summary>Weight of one feature after it is centred, scaled and limited.</summary>
    internal sealed record Weight(double Value, double Mean, double Scale, double Limit);

    private sealed record Model(double Intercept, Weight[] Weights)
    {
        public double Of(ReachFeatures features) => Intercept + Weights.Zip(features.ToArray(), Part).Sum();

        private static double Part(Weight weight, double feature) =>
            double.IsFinite(feature) ? weight.Value * Math.Clamp((feature - weight.Mean) / weight.Scale, -weight.Limit, weight.Limit) : 0;
    }
}
