using OpsBot.Signals.Series;

namespace OpsBot.Signals.Curves;

/// <summary>A metric over the share of the budget that has passed, turned so that less is better, ascending and finite.</summary>
internal readonly record struct CurveStretch(double[] At, double[] Values)
{
    private const int MostOfWindow = 12;

    /// <summary>Slopes are taken over all pairs; longer stretches are thinned to this many points.</summary>
    private const int MostOfPairs = 60;

    public int Count => At.Length;

    public static CurveStretch Of(CurveHistory history, double budget, double turn) =>
        new([.. history.Steps.Select(step => step / budget)], [.. history.Values.Select(value => turn * value)]);

    /// <summary>What was measured after <paramref name="from"/>.</summary>
    public CurveStretch After(double from)
    {
        var first = 0;
        while (first < At.Length && At[first] <= from)
        {
            first++;
        }

        return new CurveStretch(At[first..], Values[first..]);
    }

    /// <summary>The median of what was measured last at <paramref name="at"/>, back to the share <paramref name="back"/> of it; NaN before the first value.</summary>
    public double Near(double at, double back)
    {
        var (end, first) = (0, 0);
        while (end < At.Length && At[end] <= at + 1e-12)
        {
            first += At[end] <= back * at ? 1 : 0;
            end++;
        }

        var count = Math.Min(Math.Min(Math.Max(2, end - first), end), MostOfWindow);
        return RobustStatistics.Median(Values[(end - count)..end]);
    }

    /// <summary>The share of values that are better than the one before; NaN of fewer than four.</summary>
    public double Falls()
    {
        if (Count < 4)
        {
            return double.NaN;
        }

        var falls = 0;
        for (var i = 1; i < Count; i++)
        {
            falls += Values[i] < Values[i - 1] ? 1 : 0;
        }

        return (double)falls / (Count - 1);
    }

    /// <summary>Of all pairs, those that got better less those that got worse, as a share; NaN of fewer than three values.</summary>
    public double Trend()
    {
        var (values, sum, pairs) = (Thinned().Values, 0, 0);
        for (var i = 0; i < values.Length; i++)
        {
            for (var j = i + 1; j < values.Length; j++, pairs++)
            {
                sum += Math.Sign(values[i] - values[j]);
            }
        }

        return values.Length < 3 ? double.NaN : (double)sum / pairs;
    }

    /// <summary>The median slope of all pairs over the logarithm of time; NaN of fewer than three values.</summary>
    public double SlopeOverLogTime()
    {
        var (at, values) = Thinned();
        var slopes = new List<double>();
        for (var i = 0; i < at.Length; i++)
        {
            for (var j = i + 1; j < at.Length && at[i] > 0; j++)
            {
                slopes.Add((values[j] - values[i]) / Math.Log(at[j] / at[i]));
            }
        }

        return at.Length < 3 || slopes.Count == 0 ? double.NaN : RobustStatistics.Median(slopes);
    }

    /// <summary>How far the values scatter about a straight line over the logarithm of time; NaN of fewer than three.</summary>
    public double Scatter()
    {
        if (Count < 3 || At[0] <= 0)
        {
            return double.NaN;
        }

        var x = At.Select(at => Math.Log(at)).ToArray();
        var (meanX, meanY) = (x.Average(), Values.Average());
        var (sxx, sxy) = (0.0, 0.0);
        for (var i = 0; i < Count; i++)
        {
            sxx += (x[i] - meanX) * (x[i] - meanX);
            sxy += (x[i] - meanX) * (Values[i] - meanY);
        }

        var slope = sxx > 0 ? sxy / sxx : 0;
        var sum = 0.0;
        for (var i = 0; i < Count; i++)
        {
            var off = Values[i] - meanY - (slope * (x[i] - meanX));
            sum += off * off;
        }

        return Math.Sqrt(sum / Count);
    }

    private CurveStretch Thinned()
    {
        if (Count <= MostOfPairs)
        {
            return this;
        }

        var (at, values, count) = (At, Values, Count);
        int[] kept = [.. Enumerable.Range(0, MostOfPairs).Select(i => (int)((long)i * (count - 1) / (MostOfPairs - 1)))];
        return new CurveStretch([.. kept.Select(i => at[i])], [.. kept.Select(i => values[i])]);
    }
}
