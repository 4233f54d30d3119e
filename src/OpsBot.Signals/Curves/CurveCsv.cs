using System.Globalization;
using OpsBot.Contracts.Training;

namespace OpsBot.Signals.Curves;

/// <summary>
/// Reads <c>step,time,metric…</c>: a blank cell was not measured at that step, <c>nan</c> and <c>inf</c> are values, the time may be blank.
/// </summary>
public static class CurveCsv
{
    private const string Step = "step";
    private const string Time = "time";

    /// <exception cref="FormatException">No header with a step, or a cell that is no number; the message names the line and the value.</exception>
    public static IEnumerable<CurvePoint> Read(IEnumerable<string> lines)
    {
        string[]? header = null;
        var number = 0;
        foreach (var line in lines)
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            var cells = Cells(line);
            if (header is null)
            {
                header = [.. cells.Select(cell => cell.TrimStart('\ufeff'))];
                if (!header.Contains(Step, StringComparer.Ordinal))
                {
                    throw new FormatException($"The first line has no column '{Step}' (it has: {Shown(string.Join(", ", header))}); write 'step,time,<metric>…'.");
                }

                continue;
            }

            if (cells.Count > header.Length)
            {
                throw new FormatException($"Line {number} has {cells.Count} cells, the header {header.Length}.");
            }

            yield return Point(header, cells, number);
        }

        if (header is null)
        {
            throw new FormatException($"There is no header; write 'step,time,<metric>…' first.");
        }
    }

    private static CurvePoint Point(string[] header, List<string> cells, int line)
    {
        long? step = null;
        DateTimeOffset? at = null;
        var values = new Dictionary<string, double>(StringComparer.Ordinal);
        for (var i = 0; i < cells.Count; i++)
        {
            var cell = cells[i].Trim();
            if (cell.Length == 0)
            {
                continue;
            }

            if (header[i] == Step)
            {
                step = Number(cell) is { } whole && whole is >= 0 and < 1e15 ? (long)whole : throw new FormatException($"Line {line}: '{Shown(cell)}' is no step.");
            }
            else if (header[i] == Time)
            {
                at = DateTimeOffset.TryParse(cell, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
                    ? time : throw new FormatException($"Line {line}: '{Shown(cell)}' is no time; write it as 2024-01-31T13:30:00Z.");
            }
            else
            {
                values[header[i]] = Number(cell) ?? throw new FormatException($"Line {line}: '{Shown(cell)}' in column '{Shown(header[i])}' is no number.");
            }
        }

        return new CurvePoint(step ?? throw new FormatException($"Line {line} has no step."), at, values);
    }

    private static double? Number(string cell) => cell.TrimStart('+').ToUpperInvariant() switch
    {
        "NAN" or "-NAN" => double.NaN,
        "INF" or "INFINITY" => double.PositiveInfinity,
        "-INF" or "-INFINITY" => double.NegativeInfinity,
        _ => double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null,
    };

    private static List<string> Cells(string line)
    {
        if (!line.Contains('"', StringComparison.Ordinal))
        {
            return [.. line.Split(',')];
        }

        var cells = new List<string>();
        var cell = new System.Text.StringBuilder();
        var isQuoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == '"' && isQuoted && i + 1 < line.Length && line[i + 1] == '"')
            {
                cell.Append(line[i++]);
            }
            else if (line[i] == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (line[i] == ',' && !isQuoted)
            {
                cells.Add(cell.ToString());
                cell.Clear();
            }
            else
            {
                cell.Append(line[i]);
            }
        }

        cells.Add(cell.ToString());
        return cells;
    }

    private static string Shown(string text) => text.Length > 80 ? text[..80] + "…" : text;
}
