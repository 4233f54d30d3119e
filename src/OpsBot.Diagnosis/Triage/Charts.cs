using OpsBot.Contracts.Diagnoses;
using OpsBot.Signals.Series;

namespace OpsBot.Diagnosis.Triage;

/// <summary>Small charts of the series that evidence is about.</summary>
internal static class Charts
{
    private const int MostPoints = 240;

    /// <summary>The series, thinned to 240 points by the means of equal runs, with the onset marked.</summary>
    public static EvidenceChart Of(MetricSeries series, SeriesShift shift)
    {
        var size = Math.Max(1, (series.Times.Length + MostPoints - 1) / MostPoints);
        var runs = Enumerable.Range(0, (series.Times.Length + size - 1) / size).Select(run => run * size).ToList();
        return new EvidenceChart(
            $"{series.Metric} of {Wording.Owner(series)}",
            [.. runs.Select(from => series.Times[from])],
            [.. runs.Select(from => Mean(series.Values.AsSpan(from, Math.Min(size, series.Values.Length - from))))],
            shift.OnsetMs);
    }

    private static double? Mean(ReadOnlySpan<double> values)
    {
        var (sum, count) = (0.0, 0);
        foreach (var value in values)
        {
            if (!double.IsNaN(value))
            {
                sum += value;
                count++;
            }
        }

        return count == 0 ? null : sum / count;
    }
}
