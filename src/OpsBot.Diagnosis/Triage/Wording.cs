using System.Globalization;
using OpsBot.Signals.Series;

namespace OpsBot.Diagnosis.Triage;

/// <summary>Sentences with numbers, as an engineer on call would say them.</summary>
internal static class Wording
{
    public static string Shift(MetricSeries series, SeriesShift shift)
    {
        var verb = shift.During >= shift.Before ? "rose" : "fell";
        var factor = Math.Abs(shift.Ratio) is >= 1.5 and < 1e6 ? $" ({Number(shift.Ratio)}×)" : "";
        return $"{series.Metric} of {Owner(series)} {verb} from {Number(shift.Before)} to {Number(shift.During)}{factor} at {Clock(shift.OnsetMs)}";
    }

    public static string Owner(MetricSeries series) => series.Owner == MetricOwner.Edge
        ? $"{series.Service} → {series.Peer}"
        : series.Instance ?? series.Service ?? "?";

    public static string Clock(long ms) =>
        DateTimeOffset.FromUnixTimeMilliseconds(ms).UtcDateTime.ToString("HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Three significant digits.</summary>
    public static string Number(double value) => Math.Abs(value) switch
    {
        double.NaN => "?",
        0 => "0",
        >= 1e6 or < 1e-3 => value.ToString("0.##e0", CultureInfo.InvariantCulture),
        >= 100 => value.ToString("0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.#", CultureInfo.InvariantCulture),
        >= 1 => value.ToString("0.##", CultureInfo.InvariantCulture),
        _ => value.ToString("0.####", CultureInfo.InvariantCulture),
    };

    public static string Percent(double share) => (100 * share).ToString(share is > 0 and < 0.1 ? "0.#" : "0", CultureInfo.InvariantCulture) + " %";
}
