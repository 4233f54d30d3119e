namespace OpsBot.Signals.Curves;

/// <summary>Which way a metric gets better.</summary>
public enum GoalDirection
{
    Min,
    Max,
}

/// <summary>What a training run is to reach.</summary>
/// <param name="Metric">The metric in the source's name; null where none was named: faults are then judged, the target is not.</param>
/// <param name="Direction">Which way the metric gets better.</param>
/// <param name="Target">The value to reach; null where none was named.</param>
/// <param name="BudgetSteps">The last step that the run may take; null where the run has no known end.</param>
public sealed record CurveGoal(string? Metric, GoalDirection Direction = GoalDirection.Min, double? Target = null, long? BudgetSteps = null)
{
    /// <summary>No target: only what goes wrong is judged.</summary>
    public static CurveGoal None { get; } = new((string?)null);

    /// <summary>Whether <paramref name="value"/> is at least as good as the target.</summary>
    public bool IsReachedBy(double value) =>
        Target is { } target && double.IsFinite(value) && (Direction == GoalDirection.Min ? value <= target : value >= target);
}
