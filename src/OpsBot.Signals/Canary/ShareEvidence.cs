using System.Runtime.InteropServices;

namespace OpsBot.Signals.Canary;

/// <summary>
/// Evidence from counts. Of all that was bad in an interval the canary has its share of the traffic if it is no worse: a binomial, whatever the load and the
/// baseline's own rate do from minute to minute, and however unequal the traffic is split. What both sides scatter beyond that is measured.
/// </summary>
internal sealed class ShareEvidence(CanaryWorse worse, double margin, double ignoreBelow) : Evidence
{
    private const double Furthest = 8;

    private readonly List<Counted> _intervals = [];
    private readonly double[] _worse = new double[Steps.Length];
    private readonly double[] _better = new double[Steps.Length];
    private double _bad, _good, _badCanary, _traffic;
    private Dispersion? _dispersion;

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Counted(double Bad, double All, double Part, double Traffic);

    public override int Count => _intervals.Count;

    public override double? Effect => _bad > 0 || _good > 0 ? Math.Clamp(Math.Log(_bad) - Math.Log(_good), -Furthest, Furthest) : null;

    /// <summary>Share of what is bad at the canary.</summary>
    public double? CanaryShare => _traffic > 0 ? _badCanary / _traffic : null;

    protected override Dispersion Dispersion => _dispersion ??= Measure();

    /// <param name="canary">Bad ones, of so many.</param>
    public void Add(double canary, double canaryOf, double baseline, double baselineOf)
    {
        _badCanary += canary;
        _traffic += canaryOf;
        var (bad, of, other, otherOf) = worse == CanaryWorse.Higher ? (canary, canaryOf, baseline, baselineOf) : (baseline, baselineOf, canary, canaryOf);
        var one = new Counted(bad, bad + other, of / (of + otherOf), canaryOf);
        _intervals.Add(one);
        // As Mantel and Haenszel weigh strata: stays meaningful where there is less than one an interval.
        _bad += bad * (1 - one.Part);
        _good += other * one.Part;
        for (var i = 0; i < Steps.Length; i++)
        {
            _worse[i] += Of(one, 0, Steps[i]);
            _better[i] += Of(one, margin, -Steps[i]);
        }

        _dispersion = null;
    }

    /// <summary>Logarithm of the e-value against "the canary's share is not below what is ignored", whatever the baseline has.</summary>
    public double AgainstWorthSeeing()
    {
        if (ignoreBelow <= 0 || worse != CanaryWorse.Higher || _traffic <= 0)
            return double.NegativeInfinity;
        var share = Math.Max(_badCanary / _traffic, 1e-12);
        var (residuals, expected) = (new double[Count], new double[Count]);
        for (var i = 0; i < Count; i++)
        {
            var bad = worse == CanaryWorse.Higher ? _intervals[i].Bad : _intervals[i].All - _intervals[i].Bad;
            residuals[i] = bad - (_intervals[i].Traffic * share);
            expected[i] = _intervals[i].Traffic * share * (1 - share);
        }

        var dispersion = Dispersion.Of(residuals, expected, least: 1);
        Span<double> logs = stackalloc double[Steps.Length];
        for (var i = 0; i < logs.Length; i++)
        {
            var below = ignoreBelow * Math.Exp(-Steps[i]);
            logs[i] = dispersion.Temper((-_badCanary * Steps[i]) + ((_traffic - _badCanary) * (Math.Log(1 - below) - Math.Log(1 - ignoreBelow))));
        }

        return LogMean(logs);
    }

    protected override double LogRatio(double edge, int step, int side)
    {
        if (side > 0 && edge == 0)
            return _worse[step];
        if (side < 0 && edge == margin)
            return _better[step];
        var sum = 0.0;
        foreach (var one in _intervals)
            sum += Of(one, edge, side * Steps[step]);
        return sum;
    }

    private static double Of(Counted one, double edge, double shift) => one.All <= 0
        ? 0
        : (one.Bad * shift) - (one.All * (Math.Log(1 + (one.Part * (Math.Exp(edge + shift) - 1))) - Math.Log(1 + (one.Part * (Math.Exp(edge) - 1)))));

    private Dispersion Measure()
    {
        var ratio = Math.Exp(Effect ?? 0);
        var (residuals, expected) = (new double[Count], new double[Count]);
        for (var i = 0; i < Count; i++)
        {
            var one = _intervals[i];
            var share = one.Part * ratio / (1 + (one.Part * (ratio - 1)));
            residuals[i] = one.Bad - (one.All * share);
            expected[i] = one.All * share * (1 - share);
        }

        return Dispersion.Of(residuals, expected, least: 1);
    }
}
