using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Training;
using OpsBot.Runtime.Files;
using OpsBot.Runtime.Redaction;
using OpsBot.Signals.TrainingLogs;

namespace OpsBot.Evidence.Training.Logs;

/// <summary>
/// Reads a job's logs as they grow. A file that was renamed away is read to its end before the one that took its place; one that was cut off is read from its start.
/// </summary>
internal sealed class JobLogCurve(string path, JobLogOptions options, IRedactor redactor, TimeProvider time) : ICurveSource
{
    internal const int MaxBytes = 4 << 20;
    internal const int MaxPoints = 20_000;

    // a last line without its end counts once nobody has written for so long
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);

    public Task<CurveReading> ReadAsync(string? cursor, CancellationToken cancellationToken)
    {
        try
        {
            return Task.FromResult(Read(CurveCursor.Read<JobLogCursor>(cursor)?.Logs ?? [], cursor, cancellationToken));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Task.FromResult(new CurveReading([], [], cursor, CurveReadingState.Failed, redactor.Redact(e.Message)));
        }
    }

    private CurveReading Read(IReadOnlyList<ReadLog> before, string? cursor, CancellationToken cancellationToken)
    {
        var files = PathPattern.Files(path);
        if (files.Count == 0)
            return new CurveReading([], [], cursor, CurveReadingState.Absent, $"'{path}' is not there");
        var look = new Look(new TakenLines(options.MaxLines, redactor), MaxBytes);
        var open = files.Select(file => (Name: file, Stream: PlainFile.OpenRead(file))).ToList();
        try
        {
            var after = new List<ReadLog>();
            var known = Known(open, before, out var claimed);
            foreach (var (name, stream) in open)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var log = known.GetValueOrDefault(name);
                if (log is null && before.FirstOrDefault(one => one.Name == Path.GetFileName(name)) is { } replaced)
                {
                    log = Begin(name, replaced, claimed.Contains(replaced), look, out var unfinished);
                    if (unfinished is not null)
                    {
                        // the next look goes on with what is left of the file that was renamed away
                        after.Add(unfinished);
                        continue;
                    }
                }

                after.Add(Take(stream, log ?? new ReadLog(Path.GetFileName(name), FileMark.Start, TrainingLogState.Start, false), name, look));
            }

            var state = look.Points.Count > 0 || look.HasLines ? CurveReadingState.Data : CurveReadingState.NoData;
            return new CurveReading(look.Points, look.Lines.ToList(), CurveCursor.Write(new JobLogCursor(after)), state, look.Note) { More = look.More };
        }
        finally
        {
            open.ForEach(file => file.Stream.Dispose());
        }
    }

    /// <summary>Which of the files were read before: by name where they still are who they were, else under the name that they have now.</summary>
    private static Dictionary<string, ReadLog> Known(List<(string Name, FileStream Stream)> open, IReadOnlyList<ReadLog> before, out HashSet<ReadLog> claimed)
    {
        var known = new Dictionary<string, ReadLog>();
        var taken = claimed = new HashSet<ReadLog>(ReferenceEqualityComparer.Instance);
        foreach (var (name, stream) in open)
        {
            if (before.FirstOrDefault(one => one.Name == Path.GetFileName(name)) is { } log && log.Mark.IsOf(stream) && taken.Add(log))
                known[name] = log;
        }

        foreach (var (name, stream) in open.Where(file => !known.ContainsKey(file.Name)))
        {
            if (before.FirstOrDefault(one => one.Mark.Offset > 0 && !taken.Contains(one) && one.Mark.IsOf(stream)) is { } renamed && taken.Add(renamed))
                known[name] = renamed with { Name = Path.GetFileName(name) };
        }

        return known;
    }

    /// <summary>What stands under the name now is another file. Its forerunner is finished where it is found beside it.</summary>
    private ReadLog Begin(string name, ReadLog replaced, bool isRenamed, Look look, out ReadLog? unfinished)
    {
        unfinished = null;
        // under its new name it fits the pattern too, and is read there
        if (isRenamed)
            return new ReadLog(replaced.Name, FileMark.Start, replaced.State, false);
        foreach (var beside in PathPattern.Rotated(name))
        {
            using var stream = PlainFile.OpenRead(beside);
            if (replaced.Mark.Offset == 0 || !replaced.Mark.IsOf(stream))
                continue;
            var finished = Take(stream, replaced, beside, look, isOver: true);
            unfinished = look.More ? finished with { Name = replaced.Name } : null;
            return new ReadLog(replaced.Name, FileMark.Start, finished.State, false);
        }

        if (replaced.Mark.Offset > 0)
            look.Note ??= $"'{name}' was cut off or written anew; it is read from its start";
        return new ReadLog(replaced.Name, FileMark.Start, TrainingLogState.Start, false);
    }

    private ReadLog Take(FileStream stream, ReadLog log, string name, Look look, bool isOver = false)
    {
        if (look.Budget <= 0 || look.Points.Count >= MaxPoints)
        {
            look.More |= stream.Length > log.Mark.Offset;
            return log;
        }

        var state = log.State;
        var isQuiet = isOver || time.GetUtcNow() - new DateTimeOffset(File.GetLastWriteTimeUtc(name)) >= Quiet;
        var progress = GrowingFile.Read(stream, log.Mark.Offset, look.Budget, isQuiet, log.PassOver, line =>
        {
            (var point, state) = TrainingLogLine.Read(line, state);
            if (point is not null)
                look.Points.Add(point);
            else
                look.Add(line);
            return look.Points.Count < MaxPoints;
        });
        look.Budget -= progress.Bytes;
        look.More |= progress.More;
        return log with { Mark = FileMark.At(stream, progress.Offset), State = state, PassOver = progress.PassOver };
    }

    private sealed class Look(TakenLines lines, int budget)
    {
        public List<CurvePoint> Points { get; } = [];

        public TakenLines Lines => lines;

        public bool HasLines { get; private set; }

        public int Budget { get; set; } = budget;

        public bool More { get; set; }

        public string? Note { get; set; }

        public void Add(string line)
        {
            HasLines = true;
            lines.Add(line);
        }
    }
}
