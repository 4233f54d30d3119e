using System.Globalization;

namespace OpsBot.Signals.Curves;

/// <summary>Follows how long a step takes, in whatever unit, for a slow-down that lasts.</summary>
internal sealed class PaceWatch
{
    private const int Fewest = 3;
    private const int Enough = 10;

    /// <summary>Slow steps in a row that are no chance: a checkpoint or an evaluation is slow once.</summary>
    private const int InARow = 3;
    private const int InARowOfFew = 2;
    private const double Sigmas = 6;

    /// <summary>A slow-down that lasts so long is the new normal.</summary>
    private const int Forgotten = 100;

    public RecentValues Before { get; set; } = new();

    public List<double> Slow { get; set; } = [];

    public bool On { get; set; }

    public int Since { get; set; }

    /// <param name="least">The share by which steps must be slower.</param>
    /// <param name="fewest">Values that must have been seen before.</param>
    public CurveAlert? Take(string? name, long step, double seconds, double least, int fewest = Fewest)
    {
        if (!double.IsFinite(seconds) || seconds <= 0)
        {
            return null;
        }

        var limit = Before.Count >= Math.Max(Fewest, fewest) ? Limit(least) : double.PositiveInfinity;
        if (seconds <= limit)
        {
            Slow.Clear();
            if (!On || ++Since > InARow)
            {
                (On, Since) = (false, 0);
            }

            Before.Add(seconds);
            return null;
        }

        Slow.Add(seconds);
        if (On)
        {
            if (Slow.Count > Forgotten)
            {
                Before.Clear();
                Slow.TakeLast(Enough).ToList().ForEach(Before.Add);
                Slow.Clear();
                On = false;
            }

            return null;
        }

        if (Slow.Count < (Before.Count < Enough ? InARowOfFew : InARow))
        {
            return null;
        }

        On = true;
        Since = 0;
        var (usual, now) = (Before.Median(), Series.RobustStatistics.Median(Slow));
        return new CurveAlert(
            CurveAlertKind.Throughput,
            string.Create(CultureInfo.InvariantCulture, $"Steps take {(now / usual) - 1:p0} longer than before{(name is null ? "" : $" ({name})")}, seen at step {step} for {Slow.Count} in a row."),
            name, step);
    }

    /// <summary>Another batch size, or another start: steps may take another time.</summary>
    public void Restart()
    {
        Before.Clear();
        Slow.Clear();
        (On, Since) = (false, 0);
    }

    private double Limit(double least)
    {
        var usual = Before.Median();
        var limit = usual + Math.Max(least * usual, Sigmas * Before.Sigma());
        // of few values the spread is known badly, the range is not
        var (low, high) = (Before.Values.Min(), Before.Values.Max());
        return Before.Count < Enough ? Math.Max(limit, high + (2 * (high - low))) : limit;
    }
}
