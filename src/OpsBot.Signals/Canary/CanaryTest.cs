namespace OpsBot.Signals.Canary;

/// <summary>
/// A canary against its baseline, interval by interval; it may be judged after each of them. The evidence of all metrics is merged by its mean, so that the rate of
/// false alarms is that of the canary as a whole, however its metrics depend on each other. To be promoted every single metric has to have shown that it is good enough.
/// </summary>
public sealed class CanaryTest
{
    private const int MostIntervals = 720;

    public const int MostMetrics = 8;

    // All metrics together: whoever keeps them writes them anew with every look.
    private const int MostSamples = 4000;

    private readonly CanaryPlan _plan;
    private readonly MetricTest[] _metrics;

    /// <exception cref="ArgumentException">The plan cannot be followed; the message says why.</exception>
    public CanaryTest(CanaryPlan plan)
    {
        if (Problem(plan) is { } problem)
            throw new ArgumentException(problem, nameof(plan));
        _plan = plan;
        _metrics = [.. plan.Metrics.Select(metric => new MetricTest(metric, plan.LeastTraffic))];
    }

    public int Intervals { get; private set; }

    /// <summary>Intervals that so many metrics are compared over; it is over after them.</summary>
    public static int Most(int metrics) => Math.Min(MostIntervals, MostSamples / Math.Max(1, metrics));

    /// <summary>What keeps a plan from being followed; null for nothing.</summary>
    public static string? Problem(CanaryPlan plan)
    {
        if (plan.Metrics.Count is 0 or > MostMetrics)
            return $"a canary is compared by 1 to {MostMetrics} metrics, and not by {plan.Metrics.Count}";
        if (plan.Alpha is not (>= 1e-6 and <= 0.5))
            return FormattableString.Invariant($"alpha is a rate of false alarms from 0.000001 to 0.5, and not {plan.Alpha}");
        if (plan.LeastIntervals is < 3 or > MostIntervals)
            return $"a verdict needs 3 to {MostIntervals} intervals, and not {plan.LeastIntervals}";
        if (plan.LeastTraffic is not (>= 0 and <= 1e15))
            return FormattableString.Invariant($"the least traffic is a number of requests, and not {plan.LeastTraffic}");
        foreach (var metric in plan.Metrics)
        {
            if (metric.Tolerated is not (> 0 and <= 100) || (metric.Worse == CanaryWorse.Lower && metric.Kind != CanaryMetricKind.Gauge && metric.Tolerated >= 1))
                return FormattableString.Invariant($"'{metric.Name}' tolerates a change of more than 0 and at most 100 times, less than 1 where lower is worse; {metric.Tolerated} is none");
            if (metric.IgnoreBelow is not (>= 0 and <= 1e15) || (metric.Kind == CanaryMetricKind.Share && metric.IgnoreBelow >= 1))
                return FormattableString.Invariant($"'{metric.Name}' cannot ignore what is below {metric.IgnoreBelow}");
            if (metric.Quantile is not (null or (> 0 and < 1)))
                return FormattableString.Invariant($"'{metric.Name}' is a quantile between 0 and 1, and not {metric.Quantile}");
        }

        return null;
    }

    /// <summary>One interval is over.</summary>
    /// <param name="samples">One for each metric, in the order of the plan.</param>
    public void Add(IReadOnlyList<CanarySample> samples)
    {
        if (samples.Count != _metrics.Length)
            throw new ArgumentException($"{samples.Count} samples for {_metrics.Length} metrics", nameof(samples));
        if (Intervals >= Most(_metrics.Length))
            return;
        Intervals++;
        for (var i = 0; i < _metrics.Length; i++)
            _metrics[i].Add(samples[i]);
    }

    /// <summary>What <see cref="Judge"/> calls it, without all that it says besides.</summary>
    public CanaryCall Call(bool isOver) =>
        RolledBackFor(Evidence()) is not null ? CanaryCall.RollBack : Call(_metrics.All(metric => metric.IsGoodEnough(_plan)), isOver);

    /// <summary>Relative change of the canary against the baseline so far, one for each metric; null where nothing can be told.</summary>
    public IReadOnlyList<double?> Effects() => [.. _metrics.Select(metric => metric.Effect)];

    /// <summary>How it stands after the intervals so far.</summary>
    /// <param name="isOver">Its time is over: what is undecided now is held.</param>
    public CanaryJudgement Judge(bool isOver)
    {
        var evidence = Evidence();
        var blamed = RolledBackFor(evidence);
        var metrics = _metrics.Select(metric => metric.Judge(_plan, metric == blamed)).ToList();
        var call = blamed is not null ? CanaryCall.RollBack : Call(_metrics.All(metric => metric.IsGoodEnough(_plan)), isOver);
        return new CanaryJudgement(call, Mean(evidence), metrics, blamed is null ? null : metrics[Array.IndexOf(_metrics, blamed)]);
    }

    private CanaryCall Call(bool isGoodEnough, bool isOver) =>
        isGoodEnough ? CanaryCall.Promote : isOver || Intervals >= Most(_metrics.Length) ? CanaryCall.Hold : CanaryCall.GoOn;

    private double[] Evidence() => [.. _metrics.Select(metric => metric.LogEvidence(_plan.LeastIntervals))];

    private static double Mean(double[] logs) => Math.Min(1e12, Math.Exp(Canary.Evidence.LogMean(logs)));

    /// <summary>
    /// The metric that speaks most for a roll-back, once the evidence of all of them has crossed. One that is worse for certain, and by less than anybody minds, is
    /// no reason for it.
    /// </summary>
    private MetricTest? RolledBackFor(double[] evidence)
    {
        if (Canary.Evidence.LogMean(evidence) < -Math.Log(_plan.Alpha))
            return null;
        var worst = Enumerable.Range(0, _metrics.Length).Where(i => _metrics[i].IsWorseThanTolerated).OrderByDescending(i => evidence[i]).Select(i => (int?)i).FirstOrDefault();
        // What speaks for it must be enough without those whose effect is tolerated.
        var counted = evidence.Select((log, i) => _metrics[i].IsWorseThanTolerated ? log : double.NegativeInfinity).ToArray();
        return worst is { } found && Canary.Evidence.LogMean(counted) >= -Math.Log(_plan.Alpha) ? _metrics[found] : null;
    }
}
