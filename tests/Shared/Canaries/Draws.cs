namespace OpsBot.Canaries;

/// <summary>Random numbers of the distributions that traffic has; the same seed gives the same ones.</summary>
internal sealed class Draws(int seed)
{
    private readonly Random _random = new(seed);

    public double Uniform() => 1 - _random.NextDouble();

    public double Normal() => Math.Sqrt(-2 * Math.Log(Uniform())) * Math.Cos(2 * Math.PI * Uniform());

    public double Poisson(double mean)
    {
        if (mean > 60)
            return Math.Max(0, Math.Round(mean + (Math.Sqrt(mean) * Normal())));
        var (floor, product, count) = (Math.Exp(-mean), Uniform(), 0);
        for (; product > floor; count++)
            product *= Uniform();
        return count;
    }

    /// <summary>Mean <paramref name="shape"/>; Marsaglia and Tsang.</summary>
    public double Gamma(double shape)
    {
        if (shape < 1)
            return Gamma(shape + 1) * Math.Pow(Uniform(), 1 / shape);
        var d = shape - (1.0 / 3);
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var x = Normal();
            var v = 1 + (c * x);
            if (v <= 0)
                continue;
            v = v * v * v;
            if (Math.Log(Uniform()) < (0.5 * x * x) + d - (d * v) + (d * Math.Log(v)))
                return d * v;
        }
    }

    /// <summary>The quantile that a sample of so many standard normal values has.</summary>
    public double SampleQuantile(double quantile, double count)
    {
        var rank = Math.Max(1, Math.Ceiling(quantile * count));
        var (below, above) = (Gamma(rank), Gamma(count + 1 - rank));
        return NormalQuantile(Math.Clamp(below / (below + above), 1e-12, 1 - 1e-12));
    }

    /// <summary>Acklam's approximation, to nine digits.</summary>
    public static double NormalQuantile(double p)
    {
        ReadOnlySpan<double> a = [-3.969683028665376e+01, 2.209460984245205e+02, -2.759285104469687e+02, 1.383577518672690e+02, -3.066479806614716e+01, 2.506628277459239e+00];
        ReadOnlySpan<double> b = [-5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02, 6.680131188771972e+01, -1.328068155288572e+01];
        ReadOnlySpan<double> c = [-7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00, -2.549732539343734e+00, 4.374664141464968e+00, 2.938163982698783e+00];
        ReadOnlySpan<double> d = [7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00, 3.754408661907416e+00];
        if (p is < 0.02425 or > 1 - 0.02425)
        {
            var tail = Math.Sqrt(-2 * Math.Log(Math.Min(p, 1 - p)));
            var far = (((((((((c[0] * tail) + c[1]) * tail) + c[2]) * tail) + c[3]) * tail) + c[4]) * tail) + c[5];
            far /= (((((((d[0] * tail) + d[1]) * tail) + d[2]) * tail) + d[3]) * tail) + 1;
            return p < 0.5 ? far : -far;
        }

        var q = p - 0.5;
        var r = q * q;
        return ((((((((((a[0] * r) + a[1]) * r) + a[2]) * r) + a[3]) * r) + a[4]) * r) + a[5]) * q
            / ((((((((((b[0] * r) + b[1]) * r) + b[2]) * r) + b[3]) * r) + b[4]) * r) + 1);
    }

    /// <summary>Share of a standard normal distribution above a value (Abramowitz and Stegun 26.2.17).</summary>
    public static double NormalAbove(double z)
    {
        if (z < 0)
            return 1 - NormalAbove(-z);
        var t = 1 / (1 + (0.2316419 * z));
        var polynomial = t * (0.319381530 + (t * (-0.356563782 + (t * (1.781477937 + (t * (-1.821255978 + (t * 1.330274429))))))));
        return Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI) * polynomial;
    }
}
