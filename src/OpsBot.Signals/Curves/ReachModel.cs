namespace OpsBot.Signals.Curves;

/// <summary>How probable it is that a run reaches its target within its budget.</summary>
internal static class ReachModel
{
    public static (double PReach, long? ExpectedStep) Judge(CurveGoal goal, CurveState state, IReadOnlyList<EarlierRun> earlier) => (0.5, null);
}
