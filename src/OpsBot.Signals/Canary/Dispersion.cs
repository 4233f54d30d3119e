using System.Runtime.InteropServices;

namespace OpsBot.Signals.Canary;

/// <summary>How much more than expected a sum scatters, and how well that is known.</summary>
/// <param name="Factor">Variance of the sum over what was expected of it.</param>
/// <param name="Freedom">Degrees of freedom that it was estimated with, those lost to autocorrelation taken off.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Dispersion(double Factor, double Freedom)
{
    private const double MostCorrelated = 0.9, Rounding = 1e-15;

    /// <summary>
    /// Of what is left over of each interval after the fit. Intervals that follow each other resemble each other, so that their sum scatters more than they do:
    /// that is measured by stretches of 2, 4, 8 and 16 intervals, and guessed from neighbours where there are too few of these; the largest counts.
    /// </summary>
    /// <param name="residuals">One an interval, in order.</param>
    /// <param name="expected">Their variances if nothing but chance were at work.</param>
    /// <param name="least">The factor is not below this.</param>
    public static Dispersion Of(ReadOnlySpan<double> residuals, ReadOnlySpan<double> expected, double least)
    {
        var n = residuals.Length;
        var (squares, neighbours, variance) = (0.0, 0.0, 0.0);
        for (var i = 0; i < n; i++)
        {
            squares += residuals[i] * residuals[i];
            variance += expected[i];
            if (i > 0)
                neighbours += residuals[i] * residuals[i - 1];
        }

        if (n < 3 || !(variance > 0) || !(squares > Rounding * variance))
            return new Dispersion(least, Math.Max(2, n - 1));
        var between = squares / variance * n / (n - 1);
        var correlation = neighbours / squares;
        // The mean was fitted, which makes neighbours look less alike than they are; and one standard error on top, since it is what is not seen of it that raises false alarms.
        correlation = Math.Clamp(correlation + ((1 + (3 * correlation)) / n) + (1 / Math.Sqrt(n)), 0, MostCorrelated);
        var longRun = between * (1 + correlation) / (1 - correlation);
        for (var length = 2; length <= 16 && length * 5 <= n; length *= 2)
            longRun = Math.Max(longRun, Stretches(residuals, expected, length));
        // What scatters less than it may tells nothing of how long it lasts: rounding has patterns too.
        return longRun <= least ? new Dispersion(least, n - 1) : new Dispersion(longRun, Math.Max(2, (n * between / longRun) - 1));
    }

    private static double Stretches(ReadOnlySpan<double> residuals, ReadOnlySpan<double> expected, int length)
    {
        var (sum, due, squares, variance) = (0.0, 0.0, 0.0, 0.0);
        for (var i = 0; i < residuals.Length; i++)
        {
            sum += residuals[i];
            due += expected[i];
            if (i >= length)
            {
                sum -= residuals[i - length];
                due -= expected[i - length];
            }

            if (i >= length - 1)
            {
                squares += sum * sum;
                variance += due;
            }
        }

        return squares / variance / (1 - ((double)length / residuals.Length));
    }

    /// <summary>A logarithm of a likelihood ratio, tempered by how much more the data scatter than it supposes, and by how little that is known.</summary>
    public double Temper(double logRatio) => logRatio <= 0
        ? logRatio / Factor
        : Freedom / 2 * Math.Log(1 + (2 * logRatio / (Freedom * Factor)));
}
