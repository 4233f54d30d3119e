using OpsBot.Contracts.Training;
using OpsBot.Contracts.Watches;
using OpsBot.Signals.Curves;
using OpsBot.Watches.Desk;

namespace OpsBot.Watches.Training;

/// <summary>What a run is to reach.</summary>
/// <param name="Metric">In the source's name; null: only what goes wrong is judged.</param>
/// <param name="Op"><c>&gt;=</c> or <c>&lt;=</c>.</param>
/// <param name="HangAfter">So long without a step is a hang; null: the judge goes by what is usual.</param>
public sealed record TrainingGoal(string? Metric, string Op, double? Target, long? BudgetSteps, TimeSpan? HangAfter = null)
{
    internal CurveGoal ToCurveGoal() => new(Metric, Op == "<=" ? GoalDirection.Min : GoalDirection.Max, Target, BudgetSteps);

    internal string Words => Metric is null ? "" : Target is { } target
        ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Metric} {Op} {target:0.######}")
        : Metric;
}

/// <summary>As it is kept with the watch.</summary>
/// <param name="Declared">Name of the watch of the configuration that says where its metrics are: what may be secret in that stays there.</param>
/// <param name="Words">What <c>{job}</c> and the other words stand for.</param>
/// <param name="Id">The job as its sender calls it; null where no sender told of it.</param>
internal sealed record TrainingSpec(TrainingGoal Goal, string Declared, IReadOnlyDictionary<string, string> Words, TrainingJobId? Id = null);

/// <summary>What is remembered of a run from look to look.</summary>
/// <param name="Judge">As <see cref="CurveJudge.Save"/> gave it.</param>
/// <param name="Step">The greatest step that was seen; -1 before the first.</param>
/// <param name="NewStepAt">When it was seen, by our clock.</param>
/// <param name="Best">Best value of the goal's metric.</param>
/// <param name="Standing">What began and has not ended.</param>
internal sealed record TrainingState(string? Judge, long Step, DateTimeOffset? NewStepAt, double? Best, long BestStep, IReadOnlyList<WatchProblem> Standing)
{
    public static readonly TrainingState Begin = new(null, -1, null, null, -1, []);
}

/// <summary>Makes watches of training runs.</summary>
public static class TrainingWatches
{
    /// <param name="declared">Name of the watch of the configuration that says where its metrics are.</param>
    /// <param name="words">What <c>{job}</c> and the other words stand for.</param>
    /// <param name="id">The job as its sender calls it; null where no sender told of it.</param>
    /// <exception cref="FormatException">The goal is none; the message says what to write.</exception>
    public static Watch Make(WatchTerms terms, TrainingGoal goal, string declared, IReadOnlyDictionary<string, string?> words, TrainingJobId? id, DateTimeOffset now)
    {
        if (goal.Op is not (">=" or "<="))
            throw new FormatException($"'{goal.Op}' is no way to get better; write >= or <=");
        if (goal.Target is { } target && !double.IsFinite(target))
            throw new FormatException("the target must be a finite number");
        var title = $"job {words.GetValueOrDefault("job")}{(goal.Words is { Length: > 0 } wanted ? $": {wanted}" : "")}";
        var stated = words.Where(pair => pair.Value is not null).ToDictionary(pair => pair.Key, pair => pair.Value!, StringComparer.Ordinal);
        return terms.Begin(TrainingKind.Name, new TrainingSpec(goal, declared, stated, id), title, now) with { Subject = id?.Key ?? stated.GetValueOrDefault("job") };
    }
}
