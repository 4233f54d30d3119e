using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Training;
using OpsBot.Evidence.Training.Logs;
using OpsBot.Runtime.Files;
using OpsBot.Signals.TrainingLogs;

namespace OpsBot.Evidence.Training.Csv;

/// <summary>
/// Reads a table as it grows. A table that is written anew whenever a column comes up (Lightning does so) goes on at the row after the last that was given.
/// </summary>
internal sealed class CsvCurve(string path, CsvOptions options, TimeProvider time) : ICurveSource
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);

    public Task<CurveReading> ReadAsync(string? cursor, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            if (!File.Exists(path))
                return Task.FromResult(new CurveReading([], [], cursor, CurveReadingState.Absent, $"'{path}' is not there"));
            using var stream = PlainFile.OpenRead(path);
            return Task.FromResult(Read(stream, CurveCursor.Read<CsvCursor>(cursor) ?? CsvCursor.Start));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Task.FromResult(new CurveReading([], [], cursor, CurveReadingState.Failed, e.Message));
        }
    }

    private CurveReading Read(FileStream stream, CsvCursor before)
    {
        string? note = null;
        if (!before.Mark.IsOf(stream))
        {
            note = $"'{path}' was written anew";
            before = CsvCursor.Start with { Skip = before.Skip + before.Rows, LastStep = before.LastStep };
        }

        var (reading, isSame) = Rows(stream, before);
        if (isSame)
            return reading with { Note = note };
        // its rows are not those of the table before: it is another run
        (reading, _) = Rows(stream, CsvCursor.Start);
        return reading with { Note = $"'{path}' was written anew, with other rows; it is read from its start" };
    }

    private (CurveReading Reading, bool IsSame) Rows(FileStream stream, CsvCursor cursor)
    {
        var points = new List<CurvePoint>();
        var heading = cursor.Heading;
        var columns = heading.Length > 0 ? Columns.Of(heading, options.Step) : null;
        var (rows, last, skip) = (cursor.Rows, cursor.LastStep, cursor.Skip);
        var isSame = true;
        var quiet = time.GetUtcNow() - new DateTimeOffset(File.GetLastWriteTimeUtc(path)) >= Quiet;
        var progress = GrowingFile.Read(stream, cursor.Mark.Offset, JobLogCurve.MaxBytes, quiet, passOver: false, line =>
        {
            if (columns is null)
            {
                columns = Columns.Of(heading = line.TrimStart('\uFEFF'), options.Step);
                return true;
            }

            if (columns.Point(line, rows) is not { } point)
                return true;
            rows++;
            if (skip > 0)
            {
                isSame = --skip > 0 || point.Step == last;
                return isSame;
            }

            last = point.Step;
            if (point.Values.Count > 0)
                points.Add(point);
            return points.Count < JobLogCurve.MaxPoints;
        });
        // fewer rows than were given: it is being written at this moment, or is another table
        if (skip > 0 && !progress.More && isSame)
            return (new CurveReading([], [], CurveCursor.Write(CsvCursor.Start with { Skip = cursor.Skip, LastStep = cursor.LastStep }), CurveReadingState.NoData), quiet is false);
        var next = new CsvCursor(FileMark.At(stream, progress.Offset), heading, rows, last, skip);
        return (new CurveReading(points, [], CurveCursor.Write(next), points.Count > 0 ? CurveReadingState.Data : CurveReadingState.NoData) { More = progress.More }, isSame);
    }

    /// <summary>What the columns are.</summary>
    private sealed record Columns(IReadOnlyList<string> Names, char Separator, int Step)
    {
        public static Columns Of(string heading, string? step)
        {
            var separator = CsvRow.Separator(heading);
            var names = CsvRow.Cells(heading, separator).ToList();
            var at = step is { Length: > 0 } ? names.FindIndex(name => name == step) : names.FindIndex(MetricNames.IsStep);
            return new Columns(names, separator, at >= 0 ? at : names.FindIndex(MetricNames.IsEpoch));
        }

        /// <summary>The point of a row; null where it is none. A cell that is empty or no number was not measured.</summary>
        public CurvePoint? Point(string line, long row)
        {
            var cells = CsvRow.Cells(line, Separator);
            if (cells.Count != Names.Count)
                return null;
            var step = row;
            if (Step >= 0)
            {
                if (NumberText.Parse(cells[Step]) is not { } stated || NumberText.Step(stated) is not { } whole)
                    return null;
                step = whole;
            }

            var values = new Dictionary<string, double>();
            DateTimeOffset? at = null;
            for (var i = 0; i < cells.Count; i++)
            {
                if (i == Step || Names[i].Length == 0)
                    continue;
                if (MetricNames.IsTime(Names[i]))
                    at ??= TimeText.Parse(cells[i]);
                else if (!MetricNames.IsLabel(Names[i]) && !MetricNames.IsStep(Names[i]) && NumberText.Parse(cells[i]) is { } number)
                    values.TryAdd(Names[i], number);
            }

            return new CurvePoint(step, at, values);
        }
    }
}
