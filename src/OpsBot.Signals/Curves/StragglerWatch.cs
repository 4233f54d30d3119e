using System.Globalization;
using OpsBot.Signals.Series;

namespace OpsBot.Signals.Curves;

/// <summary>Compares the ranks of a run, where each has a column of its own, for one that the others wait for.</summary>
internal sealed class StragglerWatch
{
    private const int FewestRanks = 3;
    private const int InARow = 3;
    private const double Slower = 0.15;
    private const double Sigmas = 6;

    /// <summary>The rank that was slowest at the last steps; −1 where none stood out.</summary>
    public int Rank { get; set; } = -1;

    public int Times { get; set; }

    /// <param name="ranks">Rank, and the time of a step in whatever unit.</param>
    public CurveAlert? Take(string family, long step, IReadOnlyList<(int Rank, double Time)> ranks)
    {
        var known = ranks.Where(rank => double.IsFinite(rank.Time) && rank.Time > 0).ToList();
        if (known.Count < FewestRanks)
        {
            return null;
        }

        var slowest = known.MaxBy(rank => rank.Time);
        var others = known.Where(rank => rank.Rank != slowest.Rank).Select(rank => rank.Time).ToList();
        var (usual, sigma) = RobustStatistics.Spread(others);
        if (slowest.Time - usual <= Math.Max(Slower * usual, Sigmas * sigma))
        {
            (Rank, Times) = (-1, 0);
            return null;
        }

        Times = Rank == slowest.Rank ? Times + 1 : 1;
        Rank = slowest.Rank;
        return Times != InARow ? null : new CurveAlert(
            CurveAlertKind.Straggler,
            string.Create(CultureInfo.InvariantCulture, $"Rank {Rank} takes {(slowest.Time / usual) - 1:p0} longer than the others at {InARow} steps in a row ({family}); they wait for it."),
            family, step);
    }
}
