using System.Text.Json.Serialization;
using OpsBot.Signals.Series;

namespace OpsBot.Signals.Curves;

/// <summary>The last values of one metric, oldest first.</summary>
internal sealed class RecentValues
{
    private const int Most = 32;

    public List<double> Values { get; set; } = [];

    [JsonIgnore]
    public int Count => Values.Count;

    public double this[int index] => Values[index];

    public void Add(double value)
    {
        Values.Add(value);
        if (Values.Count > Most)
        {
            Values.RemoveAt(0);
        }
    }

    public void Clear() => Values.Clear();

    /// <summary>The median of the last <paramref name="count"/>.</summary>
    public double Median(int count = Most) => RobustStatistics.Median(Values.Skip(Math.Max(0, Count - count)));

    public double Median(int skip, int count) => RobustStatistics.Median(Values.Skip(skip).Take(count));

    /// <summary>A robust standard deviation of the noise from value to value, which a trend does not enlarge; 0 of fewer than two.</summary>
    public double Jitter() => Count < 2 ? 0 : 1.4826 / Math.Sqrt(2) * RobustStatistics.Median(Values.Skip(1).Zip(Values, (next, value) => Math.Abs(next - value)));

    /// <summary>A robust standard deviation of all but the last <paramref name="without"/>; 0 of fewer than two.</summary>
    public double Sigma(int without = 0)
    {
        var values = Values.Take(Count - without).ToList();
        if (values.Count < 2)
        {
            return 0;
        }

        var centre = RobustStatistics.Median(values);
        return 1.4826 * RobustStatistics.Median(values.Select(value => Math.Abs(value - centre)));
    }
}
