using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Training;
using OpsBot.Runtime.Files;

namespace OpsBot.Evidence.Training.TensorBoard;

/// <summary>
/// Reads TensorBoard event files as they grow. A last record that is not all there is waited for; behind a wrong checksum nothing is read, because nobody knows
/// where the next record begins: it is said, and the other files are read. Tags of a folder below are named <c>folder/tag</c>.
/// </summary>
internal sealed class TensorBoardCurve(string path) : ICurveSource
{
    private const int MaxBytes = 16 << 20;
    private const int MaxPoints = 20_000;
    private const int MaxFiles = 500;
    private const string Mark = "tfevents";

    public Task<CurveReading> ReadAsync(string? cursor, CancellationToken cancellationToken)
    {
        try
        {
            return Task.FromResult(Read(CurveCursor.Read<TensorBoardCursor>(cursor)?.Files ?? [], cursor, cancellationToken));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Task.FromResult(new CurveReading([], [], cursor, CurveReadingState.Failed, e.Message));
        }
    }

    private CurveReading Read(IReadOnlyList<ReadEvents> before, string? cursor, CancellationToken cancellationToken)
    {
        var files = Directory.Exists(path) ? Find() : [];
        if (files.Count == 0)
            return new CurveReading([], [], cursor, CurveReadingState.Absent, $"no event file is in '{path}'");
        var points = new List<CurvePoint>();
        var notes = new List<string>();
        var after = new List<ReadEvents>();
        var (left, more) = ((long)MaxBytes, false);
        foreach (var name in files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var file = PlainFile.OpenRead(Path.Combine(path, name));
            var known = before.FirstOrDefault(one => one.Name == name) ?? new ReadEvents(name, FileMark.Start, null);
            if (!known.Mark.IsOf(file))
            {
                notes.Add($"'{name}' was cut off or written anew; it is read from its start");
                known = new ReadEvents(name, FileMark.Start, null);
            }

            if (known.WrongAt == file.Length || left <= 0 || points.Count >= MaxPoints)
            {
                more |= known.WrongAt != file.Length && file.Length > known.Mark.Offset;
                after.Add(known);
                continue;
            }

            var taken = new Merged(name, points);
            var progress = TfRecords.Read(file, known.Mark.Offset, (int)left, taken.Take);
            taken.End();
            left -= progress.Bytes;
            more |= progress.More;
            if (progress.Wrong is { } wrong)
                notes.Add($"{wrong} in '{name}' is wrong at byte {progress.Offset}; nothing behind it is read");
            after.Add(new ReadEvents(name, FileMark.At(file, progress.Offset), progress.Wrong is null ? null : file.Length));
        }

        return new CurveReading(
            points, [], CurveCursor.Write(new TensorBoardCursor(after)), points.Count > 0 ? CurveReadingState.Data : CurveReadingState.NoData,
            notes.Count == 0 ? null : string.Join("; ", notes.Take(5)))
        { More = more };
    }

    private List<string> Find()
    {
        var all = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, MaxRecursionDepth = 8, AttributesToSkip = FileAttributes.ReparsePoint };
        var found = Directory.EnumerateFiles(path, $"*{Mark}*", all).Take(MaxFiles + 1).Select(file => Path.GetRelativePath(path, file).Replace('\\', '/')).ToList();
        if (found.Count > MaxFiles)
            throw new IOException($"More than {MaxFiles} event files are in '{path}'; name the folder of one run.");
        // their names begin with the time at which they were made
        return [.. found.Order(StringComparer.Ordinal)];
    }

    /// <summary>Puts what one file says of one step into one point; each tag comes in an event of its own.</summary>
    private sealed class Merged(string name, List<CurvePoint> points)
    {
        private readonly string _prefix = name.LastIndexOf('/') is var slash and >= 0 ? name[..(slash + 1)] : "";
        private Dictionary<string, double> _values = [];
        private long _step;
        private DateTimeOffset? _at;

        public bool Take(ReadOnlyMemory<byte> record)
        {
            if (EventRecord.Read(record.Span) is not { Scalars.Count: > 0 } happened)
                return true;
            // the same tag again is a second measurement
            if (_values.Count > 0 && (happened.Step != _step || happened.Scalars.Any(scalar => _values.ContainsKey(_prefix + scalar.Tag))))
                End();
            if (_values.Count == 0)
                (_step, _at) = (happened.Step, happened.At);
            foreach (var (tag, value) in happened.Scalars)
                _values[_prefix + tag] = value;
            return points.Count < MaxPoints;
        }

        public void End()
        {
            if (_values.Count == 0)
                return;
            points.Add(new CurvePoint(_step, _at, _values));
            _values = [];
        }
    }
}
