using System.Globalization;
using OpsBot.Contracts.Diagnoses;
using OpsBot.Signals.Traces;

namespace OpsBot.Evidence.Bundle;

/// <summary><c>traces.csv</c>: one span a row, columns by the names of the header.</summary>
internal sealed class BundleTraces(BundleFolder folder) : BundleSource(folder, "traces")
{
    /// <summary>Most spans held; what a store samples for one incident is far below.</summary>
    private const int MaxSpans = 2_000_000;

    protected override Observations? Collect(EvidenceRequest request, List<SourceProblem> problems, CancellationToken cancellationToken)
    {
        if (Folder.Find("traces.csv") is not { } file)
        {
            return null;
        }

        using var stream = Folder.Open(file, request.Bounds.MaxBytes);
        using var lines = new LineReader(stream);
        var spans = new List<SpanSample>();
        var bad = 0;
        var header = CsvRecords.Read(lines);
        if (header is not null)
        {
            var columns = Columns.Of(header);
            // names repeat in every row: one string each
            var names = new Dictionary<string, string>(StringComparer.Ordinal);
            while (spans.Count < MaxSpans && CsvRecords.Read(lines) is { } fields)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (columns.Read(fields, names) is { } span)
                {
                    spans.Add(span);
                }
                else if (fields.Count > 1 || fields[0].Trim().Length > 0)
                {
                    bad++;
                }
            }
        }

        ReportBad(problems, file, bad);
        ReportCut(problems, file, stream, lines);
        if (spans.Count == MaxSpans)
        {
            problems.Add(new SourceProblem(Name, $"{file}: only the first {MaxSpans} spans were read", Partial: true));
        }

        return new Observations { Spans = spans, LookedAt = [$"{spans.Count} spans"] };
    }

    private sealed record Columns(
        int Time, int Trace, int Span, int Parent, int Service, int Instance, int Operation, int Duration, int Status, int Attributes)
    {
        public static Columns Of(List<string> header)
        {
            int At(string name) => header.FindIndex(field => string.Equals(field.Trim(), name, StringComparison.OrdinalIgnoreCase));
            var columns = new Columns(
                At("time"), At("traceId"), At("spanId"), At("parentId"), At("service"), At("instance"), At("operation"), At("durationMs"),
                At("status"), At("attributes"));
            if (columns.Time < 0 || columns.Trace < 0 || columns.Span < 0 || columns.Service < 0 || columns.Duration < 0)
            {
                throw new InvalidDataException(
                    "traces.csv has no column " + string.Join(", ", new[] { "time", "traceId", "spanId", "service", "durationMs" }.Where(name => At(name) < 0)));
            }

            return columns;
        }

        public SpanSample? Read(List<string> fields, Dictionary<string, string> names)
        {
            string? Field(int at)
            {
                var text = at >= 0 && at < fields.Count ? fields[at].Trim() : "";
                return text.Length == 0 ? null : text;
            }

            string? Named(int at)
            {
                if (Field(at) is not { } text)
                {
                    return null;
                }

                if (names.TryGetValue(text, out var known))
                {
                    return known;
                }

                names[text] = text;
                return text;
            }

            return BundleTime.TryParseMs(Field(Time), out var time)
                && Named(Trace) is { } trace
                && Field(Span) is { } span
                && Named(Service) is { } service
                && double.TryParse(Field(Duration), NumberStyles.Float, CultureInfo.InvariantCulture, out var duration)
                && duration >= 0 && double.IsFinite(duration)
                    ? new SpanSample(
                        time, trace, span, Field(Parent), service, Named(Instance), Named(Operation) ?? "", duration, Named(Status), Field(Attributes))
                    : null;
        }
    }
}
