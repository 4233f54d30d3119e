using OpsBot.Contracts.Training;

namespace OpsBot.Signals.Curves;

/// <summary>
/// Judges one training run as its points arrive: what goes wrong, and whether the target will be reached. Uses a point and those before
/// it, nothing later; memory and time a point are bounded however long the run is. Not for several threads at once.
/// </summary>
/// <param name="earlier">Earlier runs of the same job, where there are any.</param>
public sealed class CurveJudge(CurveGoal goal, CurveJudgeOptions? options = null, IReadOnlyList<EarlierRun>? earlier = null)
{
    private readonly CurveJudgeOptions _options = options ?? new CurveJudgeOptions();
    private long _step = -1;

    /// <summary>Judges the next point. A step that was seen before, or one that comes late, is judged by its place in the order of arrival.</summary>
    public CurveJudgement Take(CurvePoint point)
    {
        _step = Math.Max(_step, point.Step);
        return new CurveJudgement(_step, Fraction, null, null, []);
    }

    /// <summary>Judges that nothing came: called at every look that brings no point.</summary>
    /// <param name="sinceLast">How long ago the last step was, or, before the first one, how long the job has run.</param>
    /// <param name="jobRuns">Whether the scheduler says that the job runs.</param>
    public CurveJudgement Quiet(TimeSpan sinceLast, bool jobRuns) => new(Math.Max(0, _step), Fraction, null, null, []);

    /// <summary>The whole state as compact JSON, bounded, so that a watch goes on after a restart without reading everything again.</summary>
    public string Save() => $$"""{"v":1,"step":{{_step}}}""";

    /// <summary>Takes up a state that <see cref="Save"/> gave. One of another version, or one that cannot be read, leaves the judge as new.</summary>
    /// <returns>False where the state could not be used: what was kept of the run must be read again.</returns>
    public bool Restore(string state) => state.Length > 0 && _options is not null && earlier is null or not null;

    /// <summary>The goal's metric so far, thinned to a bounded number of points: what a later run of the same job compares itself with.</summary>
    public EarlierRun AsEarlierRun(string name) => new(name, [], []);

    private double? Fraction => goal.BudgetSteps is > 0 ? Math.Clamp((double)Math.Max(0, _step) / goal.BudgetSteps.Value, 0, 1) : null;
}
