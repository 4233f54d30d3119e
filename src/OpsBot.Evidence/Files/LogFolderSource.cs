using System.Globalization;
using OpsBot.Contracts;
using OpsBot.Contracts.Diagnoses;
using OpsBot.Evidence.Limits;
using OpsBot.Runtime.Redaction;
using OpsBot.Signals.LogTemplates;

namespace OpsBot.Evidence.Files;

/// <summary>
/// The log files of a folder, as one digest. Only what lies between the begin of the baseline and the end of the window is read.
/// The files are taken as they were when the folder was listed. What is appended later is left out, the rest of a line that was being
/// written included. A file that is renamed or deleted while it is read is read to its end. One that became shorter is read as far as it
/// goes, and that is reported; one that was truncated and grew past the place where it is read cannot be told from one that only grew.
/// </summary>
internal sealed class LogFolderSource(LogFolderOptions options, IRedactor redactor, TimeProvider time) : IEvidenceSource
{
    /// <summary>So many records in a row after the window, and the file is done: records are a little out of order in every log.</summary>
    private const int EnoughAfter = 2_000;

    private readonly SourceLimit _limit = SourceLimit.PerMinute("reads", options.ReadsPerMinute, options.MaxConcurrent, time);

    public string Name => options.SourceName;

    /// <summary>Opens a file at an offset.</summary>
    internal Func<LogFile, long, Stream> Open { get; init; } = LogFileOpener.Open;

    public async Task<Observations> CollectAsync(EvidenceRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var budget = new TimeBudget(request.Bounds.Deadline, time, cancellationToken);
        using var turn = await _limit.EnterAsync(budget);
        if (turn is null)
        {
            EvidenceMetrics.CountSpared(Name);
            return Observations.None with { LookedAt = [$"{Name}: not read"], Problems = [new SourceProblem(Name, _limit.Spared(budget.Total), Partial: false)] };
        }

        // reading is work, not waiting: it must not hold the caller's thread
        var result = await Task.Run(() => Collect(request, budget.Stop), CancellationToken.None);
        cancellationToken.ThrowIfCancellationRequested();
        return result;
    }

    private Observations Collect(EvidenceRequest request, CancellationToken stop)
    {
        var from = request.Baseline is { } baseline && baseline.From < request.Window.From ? baseline.From : request.Window.From;
        var period = new TimeWindow(from, request.Window.To);
        var run = new Run(period, request.Bounds.MaxBytes);
        var finder = new LogFileFinder(options);
        try
        {
            var owner = new LogOwner(options);
            foreach (var file in finder.Find(from, stop))
            {
                Read(file, owner, run, stop);
                if (run.BytesLeft > 0) continue;
                run.Problem($"stopped at '{file.RelativePath}': the bound of {request.Bounds.MaxBytes} bytes was reached");
                break;
            }
        }
        catch (OperationCanceledException)
        {
            run.Problem(string.Create(CultureInfo.InvariantCulture, $"stopped after {request.Bounds.Deadline.TotalSeconds:0.#} s and {run.Digest.Lines} records"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or System.Security.SecurityException)
        {
            return Observations.None with { LookedAt = [Name], Problems = [new SourceProblem(Name, $"'{options.Path}' cannot be read: {e.Message}", Partial: false)] };
        }

        return ToObservations(run, finder, period);
    }

    private Observations ToObservations(Run run, LogFileFinder finder, TimeWindow period)
    {
        foreach (var refused in finder.Refused.Take(20)) run.Problem(refused);
        if (run.Problems.Count > 0) run.Digest.Truncate(run.Problems[0]);
        var digest = run.Digest.Build();
        var looked = string.Create(
            CultureInfo.InvariantCulture,
            $"{Name}: {run.Files} files, {digest.Lines} records from {OpsBotJson.Format(period.From)} to {OpsBotJson.Format(period.To)}");
        return Observations.None with
        {
            Logs = digest.Lines > 0 ? [redactor.Redact(digest)] : [],
            LookedAt = [looked],
            Problems = [.. run.Problems.Select(p => new SourceProblem(Name, redactor.Redact(p), Partial: true))],
        };
    }

    private void Read(LogFile file, LogOwner owner, Run run, CancellationToken stop)
    {
        var (service, instance) = owner.Of(file);
        var timestamp = new LogTimestamp(options.UtcOffset, run.Period.To < file.ModifiedAt ? run.Period.To : file.ModifiedAt);
        ByteLineReader? lines = null;
        try
        {
            var plain = !file.IsGzip && LogFileOpener.Sniff(file) is null;
            var offset = plain && file.Length > LogFileSeek.WorthSeeking ? Seek(file, run, timestamp) : 0;

            var limit = plain ? Math.Min(run.BytesLeft, file.Length - offset) : run.BytesLeft;
            using var stream = new BoundedStream(Open(file, offset), limit);
            lines = new ByteLineReader(stream, midLine: offset > 0, plain ? limit : null);
            run.Files++;
            Read(new LogRecordReader(lines, timestamp), offset == 0 ? file.RelativePath : $"{file.RelativePath}+{offset}", service, instance, run, stop);
            if (lines.Short) run.Problem($"'{file.RelativePath}' ended after {offset + lines.BytesRead} of {file.Length} bytes; it was truncated or replaced meanwhile");
            if (lines.Failure is { } failure) run.Problem($"'{file.RelativePath}' could be read only in part: {failure.Message}");
            if (lines.CutLines > 0) run.Problem($"'{file.RelativePath}': {lines.CutLines} lines longer than {ByteLineReader.MaxLineBytes} bytes were cut");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            run.Problem($"'{file.RelativePath}' vanished before it was read; it was probably rotated");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            run.Problem($"'{file.RelativePath}' could be read only in part: {e.Message}");
        }
        finally
        {
            run.BytesLeft -= lines?.BytesRead ?? 0;
        }
    }

    private static long Seek(LogFile file, Run run, LogTimestamp timestamp)
    {
        using var stream = LogFileOpener.Open(file, 0);
        return LogFileSeek.Find(stream, file.Length, run.Period.From.ToUnixTimeMilliseconds(), timestamp);
    }

    private static void Read(LogRecordReader records, string source, string? service, string? instance, Run run, CancellationToken stop)
    {
        var (from, to) = (run.Period.From.ToUnixTimeMilliseconds(), run.Period.To.ToUnixTimeMilliseconds());
        int after = 0, since = 0;
        while (after < EnoughAfter && records.TryRead(out var record, out var number))
        {
            if (++since % 256 == 0) stop.ThrowIfCancellationRequested();
            after = record.Time > to ? after + 1 : 0;
            if (record.Time < from || record.Time > to) continue;
            run.Digest.Add(record with { Service = record.Service ?? service, Instance = record.Instance ?? instance }, source, number);
        }
    }

    private sealed class Run(TimeWindow period, long maxBytes)
    {
        public TimeWindow Period { get; } = period;

        public LogDigestBuilder Digest { get; } = new(period);

        public long BytesLeft { get; set; } = maxBytes;

        public int Files { get; set; }

        public List<string> Problems { get; } = [];

        public void Problem(string reason)
        {
            if (Problems.Count < 50) Problems.Add(reason);
        }
    }
}
