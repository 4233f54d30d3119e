namespace OpsBot.Signals.Curves;

/// <summary>
/// What the shape of a run says about its end. Everything is a ratio, a logarithm of one or an order: no unit, no step count. NaN where the
/// run does not tell.
/// </summary>
/// <param name="Left">ln of what is left from the best value to the target, in targets.</param>
/// <param name="LeftEarly">The same at 6 % of the budget: a run that was slow at first and is level now has more to come.</param>
/// <param name="Widening">Growth per e-fold of time of ln(validation loss ÷ training loss): learning by heart, which a late decay of the learning rate does not repair.</param>
/// <param name="Scatter">ln of the scatter of the last values in units of what is left: a large learning rate, whose decay still brings something.</param>
/// <param name="Falls">Share of the last values that were better than the one before.</param>
/// <param name="LossTrend">Whether the validation loss still falls, from −1 to 0.6.</param>
/// <param name="Transfer">Angle of what validation gained against what training gained since a sixth of the way.</param>
internal sealed record ReachFeatures(double Left, double LeftEarly, double Widening, double Scatter, double Falls, double LossTrend, double Transfer)
{
    private const double Early = 0.06;
    private const double MostTrend = 0.6;

    // a curve that does not move scatters by rounding only
    private const double LeastScatter = -12;

    public double[] ToArray() => [Left, LeftEarly, Widening, Scatter, Falls, LossTrend, Transfer];

    /// <returns>Null where too little was measured.</returns>
    public static ReachFeatures? Of(CurveGoal goal, CurveState state)
    {
        if (goal is not { Target: { } stated, BudgetSteps: > 0 and var budget } || state.Goal.Count < 3)
        {
            return null;
        }

        var turn = goal.Direction == GoalDirection.Min ? 1.0 : -1.0;
        var target = turn * stated;
        var curve = CurveStretch.Of(state.Goal, budget, turn);
        var at = curve.At[^1];
        // a target of zero has no size of its own
        var unit = Math.Max(Math.Abs(target), 1e-3 * Math.Abs(curve.Values[0] - target));
        if (!(unit > 0) || !(at > 0))
        {
            return null;
        }

        double Left(double value, double least) => Math.Log(Math.Max(value - target, least * unit) / unit);
        var early = curve.Near(Early, 0.6);
        var now = curve.Near(at, 0.85);
        var scale = Math.Abs(curve.Near(at / 4, 0.7) - target);
        var remains = Math.Max(now - target, double.IsNaN(scale) ? 1e-4 * unit : Math.Max(0.02 * scale, 1e-4 * unit));
        var loss = CurveStretch.Of(state.ValidationLoss, budget, 1);
        return new ReachFeatures(
            Left(curve.Values.Min(), 1e-4),
            Left(double.IsNaN(early) ? curve.Values[0] : early, 2e-3),
            Gap(state, goal, budget).After(0.15 * at).SlopeOverLogTime(),
            Math.Max(LeastScatter, Math.Log(curve.After(0.6 * at).Scatter() / remains)),
            curve.After(0.4 * at).Falls(),
            Math.Min(MostTrend, (loss.Count > 0 ? loss : curve).After(0.4 * at).Trend()),
            Gained(curve, CurveStretch.Of(state.GoalTraining, budget, 1), at));
    }

    /// <summary>ln(validation ÷ training) of the loss that both have, or of the goal's metric.</summary>
    private static CurveStretch Gap(CurveState state, CurveGoal goal, double budget)
    {
        var (validation, training, turn) = state.ValidationLoss.Count > 0
            ? (state.ValidationLoss, state.TrainingLoss, 1.0)
            : (state.Goal, state.GoalTraining, goal.Direction == GoalDirection.Min ? 1.0 : -1.0);
        var inTraining = training.Steps.Zip(training.Values).ToDictionary(pair => pair.First, pair => Math.Abs(pair.Second));
        var (at, gap) = (new List<double>(), new List<double>());
        for (var i = 0; i < validation.Count; i++)
        {
            if (inTraining.TryGetValue(validation.Steps[i], out var other) && other > 0 && Math.Abs(validation.Values[i]) > 0)
            {
                at.Add(validation.Steps[i] / budget);
                gap.Add(turn * Math.Log(Math.Abs(validation.Values[i]) / other));
            }
        }

        return new CurveStretch([.. at], [.. gap]);
    }

    private static double Gained(CurveStretch validation, CurveStretch training, double at) => training.Count < 3 ? double.NaN : Math.Atan2(
        validation.Near(at / 6, 0.7) - validation.Near(at, 0.7), Math.Max(training.Near(at / 6, 0.7) - training.Near(at, 0.7), 1e-9));
}
