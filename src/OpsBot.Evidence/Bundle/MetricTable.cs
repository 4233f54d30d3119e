using System.Globalization;

namespace OpsBot.Evidence.Bundle;

/// <summary>One metrics file: a column of times and one column of values a metric.</summary>
/// <param name="Times">Unix milliseconds, ascending.</param>
/// <param name="Columns">One array of values a name; NaN where a cell was blank or no number.</param>
/// <param name="BadRows">Rows left out because their time could not be read.</param>
internal sealed record MetricTable(IReadOnlyList<string> Names, long[] Times, IReadOnlyList<double[]> Columns, int BadRows)
{
    /// <summary>Reads the whole file. Rows that go back in time are put in order; a row that repeats a time stays.</summary>
    /// <exception cref="InvalidDataException">The first column is not <c>time</c>.</exception>
    public static MetricTable Read(LineReader lines)
    {
        var header = CsvRecords.Read(lines);
        if (header is null)
        {
            return new MetricTable([], [], [], 0);
        }

        if (!string.Equals(header[0].Trim(), "time", StringComparison.OrdinalIgnoreCase))
        {
            throw new InvalidDataException($"the first column is '{Shortened(header[0])}' where 'time' was expected");
        }

        var rows = new List<(long Time, double[] Values)>();
        var bad = 0;
        while (CsvRecords.Read(lines) is { } fields)
        {
            if (fields.Count == 1 && fields[0].Trim().Length == 0)
            {
                continue;
            }

            if (BundleTime.TryParseMs(fields[0], out var time))
            {
                rows.Add((time, Values(fields, header.Count - 1)));
            }
            else
            {
                bad++;
            }
        }

        // List.Sort is not stable and rows that share a time must keep their order
        IReadOnlyList<(long Time, double[] Values)> ordered = [.. rows.OrderBy(row => row.Time)];
        return new MetricTable(
            [.. header.Skip(1).Select(name => name.Trim())],
            [.. ordered.Select(row => row.Time)],
            [.. Enumerable.Range(0, header.Count - 1).Select(column => ordered.Select(row => row.Values[column]).ToArray())],
            bad);
    }

    private static double[] Values(List<string> fields, int count)
    {
        var values = new double[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = i + 1 < fields.Count
                && double.TryParse(fields[i + 1], NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
                && double.IsFinite(value)
                    ? value
                    : double.NaN;
        }

        return values;
    }

    private static string Shortened(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
