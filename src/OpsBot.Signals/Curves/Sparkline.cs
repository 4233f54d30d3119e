namespace OpsBot.Signals.Curves;

/// <summary>A curve as a line of block characters.</summary>
public static class Sparkline
{
    private const string Blocks = "▁▂▃▄▅▆▇█";

    /// <summary>Average a column, from the lowest to the highest; <c>×</c> where a value was not finite. Empty of nothing.</summary>
    public static string Of(IReadOnlyList<double> values, int width)
    {
        if (values.Count == 0 || width < 1)
        {
            return "";
        }

        var columns = Math.Min(width, values.Count);
        var heights = new double[columns];
        for (var i = 0; i < columns; i++)
        {
            var from = (int)((long)i * values.Count / columns);
            var to = Math.Max(from + 1, (int)((long)(i + 1) * values.Count / columns));
            heights[i] = values.Skip(from).Take(to - from).Average();
        }

        // the first values of a run lie far off and would press the rest flat
        var finite = heights.Where(double.IsFinite).Order().ToList();
        var (low, high) = finite.Count == 0 ? (0, 0) : (finite[(int)(0.02 * (finite.Count - 1))], finite[(int)(0.95 * (finite.Count - 1))]);
        return string.Concat(heights.Select(height => !double.IsFinite(height) ? '×'
            : Blocks[high > low ? (int)Math.Clamp((height - low) / (high - low) * Blocks.Length, 0, Blocks.Length - 1) : 0]));
    }
}
