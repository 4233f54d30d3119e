using System.Globalization;

namespace OpsBot.Signals.Curves;

/// <summary>Says whether the target will be reached within the budget, and warns once where it most likely will not.</summary>
internal sealed class ReachJudge(CurveGoal goal, CurveJudgeOptions options, IReadOnlyList<EarlierRun> earlier)
{
    /// <summary>Judgements in a row below the limit before anybody is told.</summary>
    private const int InARow = 2;

    /// <summary>A run's state is judged anew when its goal's metric has one more point in the bounded history.</summary>
    public IEnumerable<CurveAlert> Take(long step, CurveState state)
    {
        if (goal is not { Metric: { } metric, Target: { } target })
        {
            yield break;
        }

        if (state.ReachedAt is { } reached)
        {
            (state.PReach, state.ExpectedStep) = (1, reached);
            yield break;
        }

        var isNew = state.Goal.Last > state.JudgedStep;
        state.JudgedStep = state.Goal.Last;

        if (goal.BudgetSteps is { } budget && step >= budget)
        {
            (state.PReach, state.ExpectedStep) = (0, null);
        }
        else if (isNew || state.PReach is null)
        {
            (state.PReach, state.ExpectedStep) = ReachModel.Judge(goal, state, earlier);
        }
        else
        {
            yield break;
        }

        state.OffTarget = state.PReach < options.OffTargetBelow ? state.OffTarget + 1 : 0;
        var isOver = goal.BudgetSteps <= step;
        var isLateEnough = goal.BudgetSteps is > 0 and var all && step >= options.OffTargetAfter * all;
        if (!state.SaidOffTarget && isLateEnough && (isOver || state.OffTarget >= InARow) && state.Goal.Count > 0)
        {
            state.SaidOffTarget = true;
            var best = goal.Direction == GoalDirection.Min ? state.Goal.Values.Min() : state.Goal.Values.Max();
            yield return new CurveAlert(
                CurveAlertKind.OffTarget,
                string.Create(CultureInfo.InvariantCulture, $"{metric} will most likely not reach {target:g6} within {goal.BudgetSteps} steps: best {best:g6} at step {step}, probability {state.PReach:p0}."),
                metric, step);
        }
    }
}
