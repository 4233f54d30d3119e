using System.Globalization;

namespace OpsBot.Signals.Canary;

/// <summary>One metric of a canary: which of its intervals count, and what they come to.</summary>
internal sealed class MetricTest(CanaryMetric metric, double leastTraffic)
{
    /// <summary>Requests beyond a quantile that an interval needs: with fewer the smaller side reads lower than it is.</summary>
    private const double LeastBeyond = 5;

    private const double Largest = 1e15;

    private readonly ShareEvidence? _shares = metric.Kind == CanaryMetricKind.Share ? new(metric.Worse, metric.Margin, metric.IgnoreBelow) : null;
    private readonly ValueEvidence? _values = metric.Kind == CanaryMetricKind.Share ? null : new(metric);
    private int _noCanary, _noBaseline, _neither, _odd, _few, _idle;
    private double _canaryTraffic, _baselineTraffic;

    private Evidence Evidence => (Evidence?)_shares ?? _values!;

    public double? Effect => Relative(Evidence.Effect);

    public bool IsWorseThanTolerated => Evidence.Effect >= metric.Margin && !(_shares?.CanaryShare < metric.IgnoreBelow && metric.Worse == CanaryWorse.Higher);

    public void Add(CanarySample sample)
    {
        var (canary, baseline) = (Clean(sample.Canary), Clean(sample.Baseline));
        if (canary is null || baseline is null)
        {
            _odd++;
            return;
        }

        var (canaryMissing, baselineMissing) = (IsMissing(canary.Value), IsMissing(baseline.Value));
        if (canaryMissing || baselineMissing)
        {
            _ = canaryMissing && baselineMissing ? _neither++ : canaryMissing ? _noCanary++ : _noBaseline++;
            return;
        }

        if (canary.Value.Traffic is { } traffic && baseline.Value.Traffic is { } other)
        {
            _canaryTraffic += traffic;
            _baselineTraffic += other;
            // a machine that idles beside one that works says nothing of the version
            if (metric.Kind == CanaryMetricKind.Gauge && traffic is 0 != other is 0)
            {
                _idle++;
                return;
            }

            if (metric is { Kind: CanaryMetricKind.Quantile, Quantile: { } quantile } && Math.Min(traffic, other) * Math.Min(quantile, 1 - quantile) < LeastBeyond)
            {
                _few++;
                return;
            }
        }

        if (_shares is { } shares)
            shares.Add(canary.Value.Value!.Value, canary.Value.Traffic!.Value, baseline.Value.Value!.Value, baseline.Value.Traffic!.Value);
        else
            _values!.Add(canary.Value.Value!.Value, baseline.Value.Value!.Value);
    }

    /// <summary>Logarithm of the e-value against "no worse"; nothing for what is not known yet.</summary>
    public double LogEvidence(int leastIntervals) => Evidence.Count < leastIntervals ? 0 : Evidence.AgainstAtMost(0);

    /// <summary>Whether "worse than tolerated" is refuted. What was blind for half of the time refutes nothing.</summary>
    public bool IsGoodEnough(CanaryPlan plan) =>
        Evidence.Count >= plan.LeastIntervals && Evidence.Count >= _noCanary + _noBaseline + _neither + _odd + _few + _idle && !IsTooLittle()
        && GoodEnough() >= -Math.Log(plan.Alpha);

    public CanaryMetricJudgement Judge(CanaryPlan plan, bool isBlamed)
    {
        var evidence = LogEvidence(plan.LeastIntervals);
        var (low, high) = Evidence.Bounds(plan.Alpha);
        if (metric.Worse == CanaryWorse.Lower)
            (low, high) = (high, low);
        return new CanaryMetricJudgement(
            metric.Name, isBlamed ? CanaryStanding.Worse : Standing(plan, evidence), Relative(Evidence.Effect), Relative(low), Relative(high),
            Math.Min(1e12, Math.Exp(evidence)), Evidence.Count, LeftOut());
    }

    private double? Relative(double? effect) => effect is { } known ? metric.Relative(known) : null;

    private CanaryStanding Standing(CanaryPlan plan, double evidence)
    {
        var needed = -Math.Log(plan.Alpha);
        if (Evidence.Count == 0)
        {
            return _few + _idle > 0 ? CanaryStanding.TooLittleTraffic
                : _noCanary > 0 && _noBaseline == 0 ? CanaryStanding.NoCanary
                : _noBaseline > 0 && _noCanary == 0 ? CanaryStanding.NoBaseline : CanaryStanding.NoData;
        }

        if (evidence >= needed && IsWorseThanTolerated)
            return CanaryStanding.Worse;
        if (IsTooLittle())
            return CanaryStanding.TooLittleTraffic;
        if (IsGoodEnough(plan))
            return CanaryStanding.GoodEnough;
        return evidence >= needed ? CanaryStanding.SlightlyWorse : CanaryStanding.Undecided;
    }

    /// <summary>Against "worse than tolerated". Of a share two things are: more than the baseline by that much, and more than what is ignored; either may be refuted.</summary>
    private double GoodEnough() => _shares is { } shares && metric.IgnoreBelow > 0 && metric.Worse == CanaryWorse.Higher
        ? Evidence.LogMean([shares.AgainstAtLeast(metric.Margin), shares.AgainstWorthSeeing()])
        : Evidence.Effect is null ? double.NegativeInfinity : Evidence.AgainstAtLeast(metric.Margin);

    /// <summary>Traffic that nobody knows is none.</summary>
    private bool IsTooLittle() => Math.Min(_canaryTraffic, _baselineTraffic) < leastTraffic;

    private string LeftOut()
    {
        string?[] parts =
        [
            Part(_noCanary, "without data of the canary"), Part(_noBaseline, "without data of the baseline"), Part(_neither, "without data"),
            Part(_few, "with too few requests for the quantile"), Part(_idle, "without a request to one side"), Part(_odd, "with numbers that cannot be"),
            IsTooLittle() && Evidence.Count > 0
                ? string.Create(CultureInfo.InvariantCulture, $"{_canaryTraffic:0} requests to the canary and {_baselineTraffic:0} to the baseline, {leastTraffic:0} are needed")
                : null,
        ];
        return string.Join(", ", parts.OfType<string>());
    }

    private static string? Part(int count, string what) => count == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{count} intervals {what}");

    private bool IsMissing(CanaryReading reading) => reading.Value is null || (_shares is not null && reading.Traffic is null or 0);

    /// <summary>A reading that can be; null for one that cannot. What is not a number counts as missing.</summary>
    private CanaryReading? Clean(CanaryReading reading)
    {
        var (value, traffic) = (Finite(reading.Value), Finite(reading.Traffic));
        if (Math.Abs(value ?? 0) > Largest || traffic is < 0 or > Largest)
            return null;
        if (metric.Kind == CanaryMetricKind.Quantile && value <= 0)
            return null;
        if (metric.Kind != CanaryMetricKind.Share || value is null || traffic is null)
            return new CanaryReading(value, traffic);
        // Prometheus extrapolates counts, so that all of a few may be a little more than there were.
        return value < 0 || value > (traffic * 1.1) + 1 ? null : new CanaryReading(Math.Min(value.Value, traffic.Value), traffic);
    }

    private static double? Finite(double? number) => number is { } known && double.IsFinite(known) ? known : null;
}
