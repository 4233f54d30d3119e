using System.Globalization;
using System.Text.Json;
using OpsBot.Contracts;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Training;
using OpsBot.Contracts.Watches;
using OpsBot.Signals.Curves;
using OpsBot.Signals.TrainingLogs;
using OpsBot.Watches.Ticks;

namespace OpsBot.Watches.Training;

/// <summary>
/// What a training run's new points come to. Pure. The curve's judge says what begins; here stands how long it lasts, which of it is a problem and which a
/// note, and when the watch is over.
/// </summary>
internal static class TrainingJudge
{
    public const string NotReached = "not-reached";
    private const string FaultPrefix = "fault-";

    public static WatchJudgement Judge(Watch watch, TrainingSpec spec, TrainingState state, RunObservation run, DateTimeOffset now)
    {
        var goal = spec.Goal.ToCurveGoal();
        var judge = new CurveJudge(goal, new CurveJudgeOptions { KnownHang = spec.Goal.HangAfter }, run.Earlier);
        var standing = state.Standing.ToDictionary(problem => problem.Kind, StringComparer.Ordinal);
        var notes = new List<(string, string)>();
        if (state.Judge is { } kept && !judge.Restore(kept))
            notes.Add(("forgotten", "what was known of the curve so far is of another version of OpsBot; it is judged from here on"));
        var reading = watch.Reading with { BySteps = true };
        CurveJudgement? last = null;
        foreach (var point in run.Points)
        {
            last = judge.Take(point);
            if (point.Step > state.Step)
            {
                state = state with { Step = point.Step, NewStepAt = now };
                standing.Remove(Word(CurveAlertKind.Hang));
                standing.Remove(Word(CurveAlertKind.Stalled));
                // A run that takes steps again has got over what broke it.
                foreach (var fault in standing.Keys.Where(kind => kind.StartsWith(FaultPrefix, StringComparison.Ordinal)).ToList())
                    standing.Remove(fault);
            }

            if (point.Values.Count > 0 && point.Values.Values.All(double.IsFinite))
                standing.Remove(Word(CurveAlertKind.NonFinite));
            Take(last, standing, notes);
            if (Shown(goal, point) is { } value)
            {
                reading = reading.With(point.Step, value.Value) with { Value = double.IsFinite(value.Value) ? value.Value : reading.Value };
                if (value.IsGoal && double.IsFinite(value.Value) && (state.Best is not { } best || IsBetter(goal, value.Value, best)))
                    state = state with { Best = value.Value, BestStep = point.Step };
            }
        }

        foreach (var line in run.Lines)
            Take(line, standing, notes);
        var since = RunsSince(watch, state, run.Job);
        // what hung to its end did hang
        if (since is null && run.Job is { IsOver: false })
        {
            judge.Rest();
            standing.Remove(Word(CurveAlertKind.Hang));
            standing.Remove(Word(CurveAlertKind.Stalled));
        }

        // Nobody is surer that a run without metrics runs than its scheduler.
        if (since is { } from && run.Points.Count == 0 && (run is { Saw: true, IsAll: true } || run is { IsAbsent: true, Job: not null }))
        {
            last = judge.Quiet(now - from, jobRuns: true);
            Take(last, standing, notes);
        }

        if (last?.PReach is > 0.5)
            standing.Remove(Word(CurveAlertKind.OffTarget));
        if (last is not null)
            reading = reading with { PReach = last.PReach is { } p && double.IsFinite(p) ? Math.Clamp(p, 0, 1) : reading.PReach, ReachStep = last.ExpectedStep };
        reading = reading with { Text = Words(spec.Goal, state, reading, run.Job) };
        var verdict = Verdict(watch, spec.Goal, goal, state, standing.Values, now);
        if (verdict is { Outcome: WatchOutcome.Good })
            standing.Clear();
        if (verdict is { Outcome: WatchOutcome.Bad } && goal.Target is not null)
            standing[NotReached] = new WatchProblem(NotReached, verdict.Text);
        IReadOnlyList<WatchProblem> problems = [.. standing.Values.OrderBy(problem => problem.Kind, StringComparer.Ordinal)];
        state = state with { Judge = judge.Save(), Standing = problems };
        return new WatchJudgement(JsonSerializer.Serialize(state, OpsBotJson.Options), reading, problems, notes, verdict);
    }

    /// <summary>From when on no step has come while the job ran; null where it does not run.</summary>
    private static DateTimeOffset? RunsSince(Watch watch, TrainingState state, TrainingJob? job)
    {
        var since = state.NewStepAt ?? watch.CreatedAt;
        return job switch
        {
            null or { Status: TrainingJobStatus.Unknown } => since,
            // a step that came after the scheduler's last word says more
            { IsOver: false } when state.NewStepAt > job.StatusAt => since,
            { Status: TrainingJobStatus.Running } => job.StatusAt > since ? job.StatusAt : since,
            _ => null,
        };
    }

    private static void Take(CurveJudgement judged, Dictionary<string, WatchProblem> standing, List<(string, string)> notes)
    {
        foreach (var alert in judged.Alerts)
        {
            switch (alert.Kind)
            {
                case CurveAlertKind.Recovered:
                    standing.Remove(Word(CurveAlertKind.Divergence));
                    notes.Add((Word(alert.Kind), alert.Message));
                    break;
                case CurveAlertKind.NonFinite or CurveAlertKind.Divergence or CurveAlertKind.Hang or CurveAlertKind.OffTarget:
                    standing[Word(alert.Kind)] = new WatchProblem(Word(alert.Kind), alert.Message);
                    break;
                case CurveAlertKind.Stalled:
                    standing[Word(alert.Kind)] = new WatchProblem(Word(alert.Kind), alert.Message, "warning");
                    break;
                default:
                    // A spike may come back by itself, and who trains knows what a plateau is worth.
                    notes.Add((Word(alert.Kind), alert.Message));
                    break;
            }
        }
    }

    /// <summary>What a line of the job's log says is wrong, with what to do about it.</summary>
    private static void Take(string line, Dictionary<string, WatchProblem> standing, List<(string, string)> notes)
    {
        if (TrainingFaultLine.Read(line) is not { } fault)
            return;
        var kind = FaultPrefix + JsonNamingPolicy.KebabCaseLower.ConvertName(fault.Kind.ToString());
        var place = string.Join(", ", new[] { fault.Node, fault.Rank is { } rank ? FormattableString.Invariant($"rank {rank}") : null, fault.Device }.OfType<string>());
        var text = $"{fault.Meaning} {fault.Advice}{(place.Length > 0 ? $" ({place})" : "")}";
        if (fault is { IsFatal: true, Kind: not FaultKind.Cancelled })
            standing[kind] = new WatchProblem(kind, text, Facts: fault.Node is { } node ? new Dictionary<string, string> { ["node"] = node } : null);
        else
            notes.Add((kind, text));
    }

    private static WatchVerdict? Verdict(
        Watch watch, TrainingGoal words, CurveGoal goal, TrainingState state, IEnumerable<WatchProblem> standing, DateTimeOffset now)
    {
        if (state.Best is { } best && goal.IsReachedBy(best))
            return new WatchVerdict(WatchOutcome.Good, string.Create(CultureInfo.InvariantCulture, $"reached: {words.Metric} {best:0.######} at step {state.BestStep}, wanted {words.Words}"), now);
        if (now < watch.Deadline)
            return null;
        if (state.Step < 0)
            return new WatchVerdict(WatchOutcome.Unknown, "the run or the time for it is over, and no step of it was ever seen", now);
        if (watch.Blind >= watch.BlindAfter)
            return TickFlow.Undecided(watch with { Reading = watch.Reading with { Text = Words(words, state, watch.Reading, null) } }, watch.Blind, now);
        if (goal.Target is not null)
        {
            return new WatchVerdict(WatchOutcome.Bad, state.Best is { } value
                ? string.Create(CultureInfo.InvariantCulture, $"not reached: best {words.Metric} {value:0.######} at step {state.BestStep} of {state.Step}, wanted {words.Words}")
                : string.Create(CultureInfo.InvariantCulture, $"not reached: no value of {words.Metric} was seen in {state.Step} steps"), now);
        }

        var wrong = standing.Select(problem => problem.Text).ToList();
        return wrong.Count == 0
            ? new WatchVerdict(WatchOutcome.Good, string.Create(CultureInfo.InvariantCulture, $"nothing wrong was seen up to step {state.Step}"), now)
            : new WatchVerdict(WatchOutcome.Bad, string.Join("; ", wrong), now);
    }

    /// <summary>What is drawn of a point: the goal's metric, else its loss, else its first value.</summary>
    private static (double Value, bool IsGoal)? Shown(CurveGoal goal, CurvePoint point)
    {
        if (goal.Metric is { } metric)
            return point.Values.TryGetValue(metric, out var value) ? (value, true) : null;
        var loss = point.Values.Where(pair => pair.Key.Contains("loss", StringComparison.OrdinalIgnoreCase)).OrderBy(pair => pair.Key.Length).Select(pair => (double?)pair.Value).FirstOrDefault();
        return loss is { } shown ? (shown, false) : point.Values.Count > 0 ? (point.Values.OrderBy(pair => pair.Key, StringComparer.Ordinal).First().Value, false) : null;
    }

    private static bool IsBetter(CurveGoal goal, double value, double than) => goal.Direction == GoalDirection.Min ? value < than : value > than;

    private static string Words(TrainingGoal goal, TrainingState state, WatchReading reading, TrainingJob? job)
    {
        var waits = job?.Status == TrainingJobStatus.Queued && !(state.NewStepAt > job.StatusAt) ? "; the job waits or is suspended" : "";
        if (state.Step < 0)
            return $"no step seen yet{waits}";
        var chance = reading.PReach is { } p ? string.Create(CultureInfo.InvariantCulture, $"; {p * 100:0} % that {goal.Words} is reached") : "";
        var when = reading.ReachStep is { } step && reading.PReach is > 0.5 ? string.Create(CultureInfo.InvariantCulture, $", about at step {step}") : "";
        var value = reading.Value is { } now ? string.Create(CultureInfo.InvariantCulture, $", {goal.Metric ?? "last value"} {now:0.######}") : "";
        return string.Create(CultureInfo.InvariantCulture, $"step {state.Step}{value}{chance}{when}{waits}");
    }

    /// <summary>As findings are called: <c>non-finite</c>.</summary>
    private static string Word(CurveAlertKind kind) => JsonNamingPolicy.KebabCaseLower.ConvertName(kind.ToString());
}
