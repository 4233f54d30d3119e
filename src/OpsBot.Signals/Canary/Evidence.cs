namespace OpsBot.Signals.Canary;

/// <summary>
/// Evidence on the effect of one metric, as e-values: a mixture of likelihood ratios over effects of different sizes against the edge of what is to be refuted,
/// each tempered by the scatter from interval to interval. An effect is counted towards worse.
/// </summary>
internal abstract class Evidence
{
    /// <summary>Effects that are looked for: 1 % to tenfold. None is far from one of them.</summary>
    protected static readonly double[] Steps = [.. new[] { 1.01, 1.03, 1.1, 1.25, 1.6, 2.5, 10 }.Select(factor => Math.Log(factor))];

    private const double Furthest = 12;
    private const int Halvings = 30;

    /// <summary>Intervals that count.</summary>
    public abstract int Count { get; }

    /// <summary>The effect as far as can be told; null where nothing can.</summary>
    public abstract double? Effect { get; }

    protected abstract Dispersion Dispersion { get; }

    /// <summary>Logarithm of the e-value against "the effect is at most this".</summary>
    public double AgainstAtMost(double edge) => Mixed(edge, 1);

    /// <summary>Logarithm of the e-value against "the effect is at least this".</summary>
    public double AgainstAtLeast(double edge) => Mixed(edge, -1);

    /// <summary>The effects that are not excluded; null where there is no bound.</summary>
    public (double? Low, double? High) Bounds(double alpha)
    {
        if (Effect is not { } effect)
            return (null, null);
        return (Edge(edge => AgainstAtMost(edge), effect, -1), Edge(edge => AgainstAtLeast(edge), effect, 1));

        double? Edge(Func<double, double> against, double inside, int side)
        {
            var needed = -Math.Log(alpha);
            var outside = inside + (side * Furthest);
            if (against(outside) < needed)
                return null;
            for (var i = 0; i < Halvings; i++)
            {
                var middle = (inside + outside) / 2;
                (inside, outside) = against(middle) < needed ? (middle, outside) : (inside, middle);
            }

            return outside;
        }
    }

    /// <summary>Logarithm of the likelihood ratio of an effect that is a step away from the edge against the edge itself, as if nothing but chance were at work.</summary>
    /// <param name="side">1 beyond it towards worse, -1 towards better.</param>
    protected abstract double LogRatio(double edge, int step, int side);

    private double Mixed(double edge, int side)
    {
        if (Count == 0)
            return 0;
        var dispersion = Dispersion;
        Span<double> logs = stackalloc double[Steps.Length];
        for (var i = 0; i < logs.Length; i++)
            logs[i] = dispersion.Temper(LogRatio(edge, i, side));
        return LogMean(logs);
    }

    internal static double LogMean(ReadOnlySpan<double> logs)
    {
        var most = double.NegativeInfinity;
        foreach (var log in logs)
            most = Math.Max(most, log);
        if (!double.IsFinite(most))
            return most;
        var sum = 0.0;
        foreach (var log in logs)
            sum += Math.Exp(log - most);
        return most + Math.Log(sum / logs.Length);
    }
}
