namespace OpsBot.Signals.Series;

/// <summary>Order statistics that a few wild samples do not move. NaN samples are the caller's to leave out.</summary>
public static class RobustStatistics
{
    /// <summary>A normal distribution's standard deviation is this many median absolute deviations.</summary>
    private const double MadToSigma = 1.4826;

    /// <summary>The <paramref name="q"/>-quantile (0 to 1) of ascending values, linear between samples; NaN of none.</summary>
    public static double QuantileSorted(ReadOnlySpan<double> sorted, double q)
    {
        if (sorted.IsEmpty)
        {
            return double.NaN;
        }

        var at = q * (sorted.Length - 1);
        var low = (int)Math.Floor(at);
        var high = Math.Min(low + 1, sorted.Length - 1);
        return sorted[low] + ((sorted[high] - sorted[low]) * (at - low));
    }

    /// <summary>The median; NaN of none.</summary>
    public static double Median(IEnumerable<double> values) => QuantileSorted(Sorted(values), 0.5);

    /// <summary>Centre and spread of a reference period.</summary>
    /// <returns>The median, and the largest of three robust estimates of the standard deviation: a metric that mostly rests and at times
    /// bursts has no median deviation, yet its bursts are ordinary.</returns>
    public static (double Centre, double Sigma) Spread(IReadOnlyCollection<double> values)
    {
        var sorted = Sorted(values);
        var centre = QuantileSorted(sorted, 0.5);
        var mad = QuantileSorted(Sorted(sorted.Select(value => Math.Abs(value - centre))), 0.5);
        var deciles = (QuantileSorted(sorted, 0.9) - QuantileSorted(sorted, 0.1)) / 2.563;
        var mean = sorted.Length == 0 ? double.NaN : sorted.Average();
        var deviation = sorted.Length == 0 ? double.NaN : Math.Sqrt(sorted.Average(value => (value - mean) * (value - mean)));
        return (centre, Math.Max(Math.Max(MadToSigma * mad, deciles), deviation / 2));
    }

    private static double[] Sorted(IEnumerable<double> values)
    {
        double[] sorted = [.. values];
        Array.Sort(sorted);
        return sorted;
    }
}
