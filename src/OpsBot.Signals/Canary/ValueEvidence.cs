using OpsBot.Signals.Series;

namespace OpsBot.Signals.Canary;

/// <summary>
/// Evidence from values that are read once an interval on both sides. The difference of a pair is taken (of logarithms, or in units of the baseline's mean), which
/// takes out what moves both; how much it scatters, and for how long it stays where it is, is measured.
/// </summary>
internal sealed class ValueEvidence(CanaryMetric metric) : Evidence
{
    /// <summary>What differs by less is rounding.</summary>
    private const double Finest = 1e-3;

    private const double Outlier = 5, Furthest = 8;
    private const int Enough = 10;

    private readonly List<(double Canary, double Baseline)> _pairs = [];
    private double[]? _differences;
    private double _sum;
    private Dispersion? _dispersion;

    public override int Count => _pairs.Count;

    /// <summary>Null also where the baseline is zero all the time: nothing is ten per cent of that.</summary>
    public override double? Effect => Differences().Length == 0 ? null : _sum / Count;

    protected override Dispersion Dispersion => _dispersion ??= Measure();

    public void Add(double canary, double baseline)
    {
        _pairs.Add(metric.Worse == CanaryWorse.Higher ? (canary, baseline) : (baseline, canary));
        (_differences, _dispersion) = (null, null);
    }

    protected override double LogRatio(double edge, int step, int side)
    {
        if (Differences().Length == 0)
            return 0;
        return (side * Steps[step] * (_sum - (Count * edge))) - (Count * Steps[step] * Steps[step] / 2);
    }

    private double[] Differences()
    {
        if (_differences is { } known)
            return known;
        var unit = metric.Kind != CanaryMetricKind.Gauge || Count == 0
            ? 1
            : Math.Max(Math.Abs(_pairs.Average(pair => metric.Worse == CanaryWorse.Higher ? pair.Baseline : pair.Canary)), metric.IgnoreBelow);
        var differences = new double[unit > 0 ? Count : 0];
        if (differences.Length == 0)
            return _differences = differences;
        for (var i = 0; i < Count; i++)
        {
            var (one, other) = _pairs[i];
            differences[i] = Math.Clamp(metric.Kind == CanaryMetricKind.Gauge ? (one - other) / unit : Math.Log(one) - Math.Log(other), -Furthest, Furthest);
        }

        // One pause of a collector says nothing of all the other minutes.
        if (Count >= Enough)
        {
            var sorted = (double[])differences.Clone();
            Array.Sort(sorted);
            var median = RobustStatistics.QuantileSorted(sorted, 0.5);
            for (var i = 0; i < Count; i++)
                sorted[i] = Math.Abs(differences[i] - median);
            Array.Sort(sorted);
            var reach = Outlier * 1.4826 * RobustStatistics.QuantileSorted(sorted, 0.5);
            for (var i = 0; i < Count && reach > 0; i++)
                differences[i] = Math.Clamp(differences[i], median - reach, median + reach);
        }

        _sum = differences.Sum();
        return _differences = differences;
    }

    private Dispersion Measure()
    {
        var differences = Differences();
        var mean = _sum / Count;
        var (residuals, expected) = (new double[differences.Length], new double[differences.Length]);
        for (var i = 0; i < differences.Length; i++)
            (residuals[i], expected[i]) = (differences[i] - mean, 1);
        return Dispersion.Of(residuals, expected, Finest * Finest);
    }
}
