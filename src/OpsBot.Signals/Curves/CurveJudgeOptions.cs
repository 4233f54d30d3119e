namespace OpsBot.Signals.Curves;

/// <summary>How a curve is judged. The defaults are for training jobs of any size; none depends on a job's units.</summary>
public sealed record CurveJudgeOptions
{
    /// <summary>How sure one must be that the target is missed before that is said.</summary>
    public double OffTargetBelow { get; init; } = 0.12;

    /// <summary>The share of the budget that must have passed before a run is called off target.</summary>
    public double OffTargetAfter { get; init; } = 0.2;

    /// <summary>No step for this many usual intervals is a stall.</summary>
    public double StalledAfterIntervals { get; init; } = 8;

    /// <summary>No step for this long is a hang while the job runs, unless longer pauses are usual.</summary>
    public TimeSpan HangAfter { get; init; } = TimeSpan.FromHours(1);

    /// <summary>What whoever knows the job calls a hang, instead of <see cref="HangAfter"/> and of what is usual.</summary>
    public TimeSpan? KnownHang { get; init; }
}
