using OpsBot.Contracts.Training;

namespace OpsBot.Signals.Curves;

/// <summary>
/// Judges one training run as its points arrive: what goes wrong, and whether the target will be reached. Uses a point and those before
/// it, nothing later; memory and time a point are bounded however long the run is. Not for several threads at once.
/// </summary>
public sealed class CurveJudge
{
    /// <summary>Metrics that are followed; a run that logs more has the others looked at for numbers that are not finite.</summary>
    private const int MostMetrics = 200;

    private const double SlowerByMetric = 0.04;
    private const double SlowerByClock = 0.6;
    private const int FewestByClock = 10;

    private readonly CurveGoal _goal;
    private readonly CurveJudgeOptions _options;
    private readonly ReachJudge _reach;
    private readonly Dictionary<string, CurveMetric> _meanings = new(StringComparer.Ordinal);
    private readonly CurveMetric? _goalMetric;
    private CurveState _state = new();

    /// <param name="earlier">Earlier runs of the same job, where there are any.</param>
    public CurveJudge(CurveGoal goal, CurveJudgeOptions? options = null, IReadOnlyList<EarlierRun>? earlier = null)
    {
        _goal = goal;
        _options = options ?? new CurveJudgeOptions();
        _reach = new ReachJudge(goal, _options, earlier ?? []);
        // the goal says which way its metric gets better, whatever the name suggests
        _goalMetric = goal.Metric is null ? null : CurveMetric.Of(goal.Metric) with { Role = goal.Direction == GoalDirection.Min ? CurveRole.Loss : CurveRole.Score };
    }

    /// <summary>
    /// Judges the next point. One before the last is looked at for numbers that are not finite; when the next one goes on from it, the run
    /// went back to a checkpoint and is judged from there, else it came late and is left out. What a step repeats is left out too.
    /// </summary>
    public CurveJudgement Take(CurvePoint point)
    {
        var values = Known(point);
        var alerts = new List<CurveAlert>();
        Add(alerts, _state.NonFinite.Take(point.Step, [.. values.Select(value => (value.Name, value.Metric.Role, value.Value))]));
        if (point.Step >= _state.Step)
        {
            _state.BackValues = null;
            Apply(point.Step, point.At, values, alerts);
        }
        else if (_state is { BackValues: { } back, BackStep: { } step } && point.Step > step)
        {
            _state.GoBackTo(step);
            Apply(step, _state.BackAt, Known(new CurvePoint(step, _state.BackAt, back)), alerts);
            _state.BackValues = null;
            Apply(point.Step, point.At, values, alerts);
        }
        else
        {
            (_state.BackStep, _state.BackAt) = (point.Step, point.At);
            _state.BackValues = values.ToDictionary(value => value.Name, value => value.Value, StringComparer.Ordinal);
        }

        return Judgement(point.Step, alerts);
    }

    /// <summary>Judges that nothing came: called at every look that brings no point. What goes on is said once.</summary>
    /// <param name="sinceLast">How long ago the last step was, or, before the first one, how long the job has run.</param>
    /// <param name="jobRuns">Whether the scheduler says that the job runs.</param>
    public CurveJudgement Quiet(TimeSpan sinceLast, bool jobRuns)
    {
        var alerts = new List<CurveAlert>();
        Add(alerts, _state.Quiet.Quiet(sinceLast, jobRuns, _state.Step, _options));
        return Judgement(Math.Max(0, _state.Step), alerts);
    }

    /// <summary>Takes note that the job waits or is suspended: what went quiet before is over, and how long this takes says nothing of how often steps come.</summary>
    public void Rest() => _state.Quiet.Rest();

    /// <summary>The whole state as compact JSON, bounded, so that a watch goes on after a restart without reading everything again.</summary>
    public string Save() => _state.Save();

    /// <summary>Takes up a state that <see cref="Save"/> gave. One of another version, or one that cannot be read, leaves the judge as it is.</summary>
    /// <returns>False where the state could not be used: the run must be read again from its beginning.</returns>
    public bool Restore(string state)
    {
        if (CurveState.Read(state) is not { } read)
        {
            return false;
        }

        _state = read;
        return true;
    }

    /// <summary>The goal's metric so far, thinned to a bounded number of points: what a later run of the same job compares itself with.</summary>
    public EarlierRun AsEarlierRun(string name) => new(name, [.. _state.Goal.Steps], [.. _state.Goal.Values]);

    private CurveJudgement Judgement(long step, IReadOnlyList<CurveAlert> alerts) => new(
        step, _goal.BudgetSteps is > 0 and var budget ? Math.Clamp((double)step / budget, 0, 1) : null, _state.PReach, _state.ExpectedStep, alerts);

    private void Apply(long step, DateTimeOffset? at, List<(string Name, CurveMetric Metric, double Value)> values, List<CurveAlert> alerts)
    {
        var steps = _state.Step < 0 ? 0 : step - _state.Step;
        _state.Step = step;
        Losses(step, values, alerts);
        Pace(step, at, values, alerts);
        Ranks(step, values, alerts);
        Progress(step, values, alerts);
        double? stepTime = values.Where(value => value.Metric is { Role: CurveRole.StepTime, Rank: null }).Select(value => (double?)Seconds(value.Name, value.Value)).FirstOrDefault();
        if (steps > 0 || _state.Quiet.LastAt is null)
        {
            _state.Quiet.Take(at, stepTime, steps);
        }

        alerts.AddRange(_reach.Take(step, _state));
    }

    private void Losses(long step, List<(string Name, CurveMetric Metric, double Value)> values, List<CurveAlert> alerts)
    {
        foreach (var (name, metric, value) in values.Where(value => value.Metric is { Role: CurveRole.Loss or CurveRole.Score, Rank: null }))
        {
            var watch = Of(_state.Losses, name);
            if (watch?.Take(name, metric, step, value) is not { } alert)
            {
                continue;
            }

            // what shows in several metrics at once is one finding
            var begins = alert.Kind is CurveAlertKind.Spike or CurveAlertKind.Divergence;
            watch.IsSilent = begins && _state.Losses.Values.Any(other => other != watch && other is { Since: > 0, IsSilent: false });
            if (!watch.IsSilent)
            {
                alerts.Add(alert);
            }
        }
    }

    private void Pace(long step, DateTimeOffset? at, List<(string Name, CurveMetric Metric, double Value)> values, List<CurveAlert> alerts)
    {
        foreach (var (_, _, size) in values.Where(value => value.Metric.Role == CurveRole.BatchSize))
        {
            if (double.IsFinite(size) && size != _state.BatchSize)
            {
                _state.BatchSize = size;
                _state.Paces.Values.ToList().ForEach(pace => pace.Restart());
                _state.ClockPace.Restart();
            }
        }

        var before = alerts.Count;
        var isOn = _state.Paces.Values.Any(pace => pace.On);
        foreach (var (name, metric, value) in values.Where(value => value.Metric is { Role: CurveRole.StepTime or CurveRole.Speed, Rank: null }))
        {
            var alert = Of(_state.Paces, name)?.Take(name, step, metric.Role == CurveRole.Speed ? 1 / value : value, SlowerByMetric);
            if (alert is not null && !isOn && alerts.Count == before)
            {
                alerts.Add(alert);
            }
        }

        if (at is not { } now)
        {
            return;
        }

        if (_state.ClockAt is { } then && step > _state.ClockStep && _state.Paces.Count == 0)
        {
            Add(alerts, _state.ClockPace.Take(null, step, (now - then).TotalSeconds / (step - _state.ClockStep), SlowerByClock, FewestByClock));
        }

        if (step > _state.ClockStep || _state.ClockAt is null)
        {
            (_state.ClockAt, _state.ClockStep) = (now, step);
        }
    }

    private void Ranks(long step, List<(string Name, CurveMetric Metric, double Value)> values, List<CurveAlert> alerts)
    {
        foreach (var family in values.Where(value => value.Metric is { Rank: not null, Role: CurveRole.StepTime or CurveRole.Speed }).GroupBy(value => value.Metric.Family, StringComparer.Ordinal))
        {
            var ranks = family.Select(value => (value.Metric.Rank!.Value, value.Metric.Role == CurveRole.Speed ? 1 / value.Value : value.Value)).ToList();
            Add(alerts, Of(_state.Stragglers, family.Key)?.Take(family.Key, step, ranks));
        }
    }

    private void Progress(long step, List<(string Name, CurveMetric Metric, double Value)> values, List<CurveAlert> alerts)
    {
        var measured = values.Where(value => value.Metric is { Role: CurveRole.Loss or CurveRole.Score, Rank: null }).ToList();
        foreach (var (_, metric, value) in measured.Where(value => !value.Metric.IsValidation))
        {
            if (_state.Training.ContainsKey(metric.Family) || _state.Training.Count < MostMetrics)
            {
                _state.Training[metric.Family] = metric.Turned(value);
            }
        }

        foreach (var (name, metric, value) in measured)
        {
            var isGoal = name == _goal.Metric;
            if (isGoal)
            {
                _state.Goal.Add(step, value);
                _state.ReachedAt ??= _goal.IsReachedBy(value) ? step : null;
                if (metric.IsValidation && _state.Training.TryGetValue(metric.Family, out var inTraining))
                {
                    _state.GoalTraining.Add(step, inTraining);
                }
            }

            if (isGoal || metric.IsValidation)
            {
                var training = metric.IsValidation ? _state.Training.GetValueOrDefault(metric.Family, double.NaN) : double.NaN;
                alerts.AddRange(Of(_state.Progress, name)?.Take(name, step, metric.Turned(value), training, isGoal) ?? []);
            }
        }

        // the loss that validation and training both have tells how far the model learns by heart
        var pair = measured.FirstOrDefault(value => value.Metric is { IsValidation: true, Role: CurveRole.Loss } && _state.Training.ContainsKey(value.Metric.Family) && value.Metric.Family.Contains("loss", StringComparison.Ordinal));
        if (pair.Name is not null)
        {
            _state.ValidationLoss.Add(step, pair.Value);
            _state.TrainingLoss.Add(step, _state.Training[pair.Metric.Family]);
        }
    }

    private List<(string Name, CurveMetric Metric, double Value)> Known(CurvePoint point) =>
        [.. point.Values.OrderBy(value => value.Key, StringComparer.Ordinal).Select(value => (value.Key, Meaning(value.Key), value.Value))];

    private CurveMetric Meaning(string name)
    {
        if (name == _goal.Metric)
        {
            return _goalMetric!;
        }

        if (!_meanings.TryGetValue(name, out var meaning))
        {
            meaning = CurveMetric.Of(name);
            if (_meanings.Count < MostMetrics)
            {
                _meanings[name] = meaning;
            }
        }

        return meaning;
    }

    /// <summary>The watch of one metric; null where too many are followed already.</summary>
    private static T? Of<T>(Dictionary<string, T> watches, string name) where T : class, new()
    {
        if (!watches.TryGetValue(name, out var watch) && watches.Count < MostMetrics)
        {
            watches[name] = watch = new T();
        }

        return watch;
    }

    /// <summary>A step time is seconds unless its name says milliseconds.</summary>
    private static double Seconds(string name, double value) =>
        Series.MetricWords.Of(name).Any(word => word is "ms" or "msec" or "millis" or "milliseconds") ? value / 1000 : value;

    private static void Add(List<CurveAlert> alerts, CurveAlert? alert)
    {
        if (alert is not null)
        {
            alerts.Add(alert);
        }
    }
}
