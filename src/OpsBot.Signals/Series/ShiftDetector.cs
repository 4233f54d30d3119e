namespace OpsBot.Signals.Series;

/// <summary>
/// Finds the stretch in which a series departs most from its reference period. A scan over all stretches that begin in the search
/// range, on samples standardised by the reference's median and robust spread and compressed by a logarithm, so that neither a single
/// wild sample nor the unit decides. What stretches of the same length did in the reference period is subtracted as ordinary.
/// </summary>
public static class ShiftDetector
{
    /// <summary>With fewer samples before there is nothing to compare with.</summary>
    private const int FewestReference = 3;

    /// <summary>The scan is quadratic; longer searches are averaged down to this many points.</summary>
    private const int MostPoints = 120;

    /// <summary>Changes below this share of the level are not worth anybody's time.</summary>
    private const double SmallestRelativeSigma = 0.01;

    /// <summary>Scores that differ by less than this share are the same.</summary>
    private const double Tie = 1e-9;

    /// <summary>How much of the reference period's own excursions is subtracted.</summary>
    private const double NoiseShare = 0.7;

    /// <summary>The clearest stretch; <see cref="SeriesShift.None"/> where there is none or nothing to compare with.</summary>
    /// <param name="direction">1 or −1 looks only for a rise or a fall, 0 for either.</param>
    public static SeriesShift Find(long[] times, double[] values, OnsetSearch search, int direction = 0)
    {
        var reference = new List<double>();
        var points = new List<(long Time, double Value)>();
        for (var i = 0; i < times.Length; i++)
        {
            if (double.IsNaN(values[i]))
            {
                continue;
            }

            if (times[i] < search.SearchFromMs)
            {
                reference.Add(values[i]);
            }
            else
            {
                points.Add((times[i], values[i]));
            }
        }

        if (reference.Count < FewestReference || points.Count == 0)
        {
            return SeriesShift.None;
        }

        points = Averaged(points);
        var (centre, sigma) = Spread(reference, points);
        if (!(sigma > 0))
        {
            return SeriesShift.None;
        }

        var step = Step(points);
        var best = Scan(points, search.LatestMs + step, centre, sigma, direction);
        // a sample tells of the time since the one before, so the fault began somewhere between the two
        best = best with { OnsetMs = best.OnsetMs - (step / 2) };
        return best.Samples == 0 ? best : best with { Score = Math.Max(0, best.Score - (NoiseShare * Noise(reference, best.Samples, centre, sigma))) };
    }

    private static (double Centre, double Sigma) Spread(List<double> reference, List<(long Time, double Value)> points)
    {
        var (centre, sigma) = RobustStatistics.Spread(reference);
        var low = Math.Min(reference.Min(), points.Min(point => point.Value));
        var high = Math.Max(reference.Max(), points.Max(point => point.Value));
        return (centre, Math.Max(sigma, Math.Max(SmallestRelativeSigma * Math.Abs(centre), (high - low) / 50)));
    }

    private static SeriesShift Scan(List<(long Time, double Value)> points, long latest, double centre, double sigma, int direction)
    {
        var sums = new double[points.Count + 1];
        var raw = new double[points.Count + 1];
        for (var i = 0; i < points.Count; i++)
        {
            sums[i + 1] = sums[i] + Compressed((points[i].Value - centre) / sigma);
            raw[i + 1] = raw[i] + points[i].Value;
        }

        var best = SeriesShift.None;
        for (var from = 0; from < points.Count && points[from].Time <= latest; from++)
        {
            for (var to = from; to < points.Count; to++)
            {
                var sum = sums[to + 1] - sums[from];
                // one sample more in the divisor: a lone sample counts half, a long stretch in full
                var score = (direction == 0 ? Math.Abs(sum) : direction * sum) / (to - from + 2);
                // of two that are as clear the earlier one, whatever rounding in another unit makes of it
                if (score > best.Score * (1 + Tie))
                {
                    var count = to - from + 1;
                    best = new SeriesShift(score, points[from].Time, points[to].Time, centre, (raw[to + 1] - raw[from]) / count, count);
                }
            }
        }

        return best;
    }

    /// <summary>The 95th percentile of what stretches of that length score within the reference period.</summary>
    private static double Noise(List<double> reference, int length, double centre, double sigma)
    {
        length = Math.Min(length, Math.Max(1, reference.Count / 3));
        var scores = new double[reference.Count - length + 1];
        var sum = 0.0;
        for (var i = 0; i < reference.Count; i++)
        {
            sum += Compressed((reference[i] - centre) / sigma);
            if (i >= length)
            {
                sum -= Compressed((reference[i - length] - centre) / sigma);
            }

            if (i >= length - 1)
            {
                scores[i - length + 1] = Math.Abs(sum) / (length + 1);
            }
        }

        Array.Sort(scores);
        return RobustStatistics.QuantileSorted(scores, 0.95);
    }

    private static double Compressed(double z) => Math.Sign(z) * Math.Log(1 + Math.Abs(z));

    private static long Step(List<(long Time, double Value)> points) =>
        points.Count < 2 ? 0 : (points[^1].Time - points[0].Time) / (points.Count - 1);

    private static List<(long Time, double Value)> Averaged(List<(long Time, double Value)> points)
    {
        if (points.Count <= MostPoints)
        {
            return points;
        }

        var size = (points.Count + MostPoints - 1) / MostPoints;
        return [.. points.Chunk(size).Select(chunk => (chunk[0].Time, chunk.Average(point => point.Value)))];
    }
}
