using System.Text.Json;
using OpsBot.Contracts;
using OpsBot.Contracts.Diagnoses;
using OpsBot.Signals.LogTemplates;

namespace OpsBot.Evidence.Bundle;

/// <summary><c>logs/*.jsonl</c>: one record a line, digested while it is read.</summary>
internal sealed class BundleLogs(BundleFolder folder) : BundleSource(folder, "logs")
{
    /// <summary>A fault's onset should not drown in a bucket; more buckets than these would cost too much memory.</summary>
    private static readonly TimeSpan FinestBucket = TimeSpan.FromSeconds(15);
    private const int MostBuckets = 2000;

    protected override Observations? Collect(EvidenceRequest request, List<SourceProblem> problems, CancellationToken cancellationToken)
    {
        if (Folder.List("logs", ".jsonl") is not { } files)
        {
            return null;
        }

        var from = request.Baseline is { } baseline && baseline.From < request.Window.From ? baseline.From : request.Window.From;
        var period = new TimeWindow(from, request.Window.To);
        var buckets = (int)Math.Clamp(period.Length / FinestBucket, LogDigestBounds.Default.MaxBuckets, MostBuckets);
        var digest = new LogDigestBuilder(period, LogDigestBounds.Default with { MaxBuckets = buckets });
        foreach (var file in files)
        {
            ReadFile(file, digest, request.Bounds, problems, cancellationToken);
        }

        var built = digest.Build();
        if (built.Truncated is { } reason)
        {
            problems.Add(new SourceProblem(Name, reason, Partial: true));
        }

        return new Observations { Logs = [built], LookedAt = [$"{built.Lines} log lines of {files.Count} files, {built.Templates.Count} templates"] };
    }

    private void ReadFile(
        string file, LogDigestBuilder digest, EvidenceBounds bounds, List<SourceProblem> problems, CancellationToken cancellationToken)
    {
        var bad = 0;
        try
        {
            using var stream = Folder.Open(file, bounds.MaxBytes);
            using var lines = new LineReader(stream);
            while (lines.Read() is { } text)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (Read(text) is { } line)
                {
                    digest.Add(line, BundleFolder.Uncompressed(file), lines.Number);
                }
                else if (text.AsSpan().Trim().Length > 0)
                {
                    bad++;
                }
            }

            ReportCut(problems, file, stream, lines);
        }
        catch (Exception broken) when (broken is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            problems.Add(new SourceProblem(Name, $"{file}: {broken.Message}", Partial: true));
        }

        ReportBad(problems, file, bad);
    }

    private static LogLine? Read(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var json = document.RootElement;
            return json.Text("message") is { } message
                ? new LogLine(
                    json.Time("time")?.ToUnixTimeMilliseconds(), json.Text("service"), json.Text("instance"),
                    LogLevels.Normalise(json.Text("level")), message, json.Text("trace"))
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
