using System.Text.Json;
using OpsBot.Contracts.Diagnoses;
using OpsBot.Signals.Series;

namespace OpsBot.Evidence.Bundle;

/// <summary><c>metrics/*.csv</c>: first column <c>time</c>, every other column one metric; <c>index.json</c> says whose they are.</summary>
internal sealed class BundleMetrics(BundleFolder folder) : BundleSource(folder, "metrics")
{
    private const string Index = "metrics/index.json";

    protected override Observations? Collect(EvidenceRequest request, List<SourceProblem> problems, CancellationToken cancellationToken)
    {
        if (Folder.List("metrics", ".csv") is not { } files)
        {
            return null;
        }

        var owners = ReadIndex(request.Bounds, problems);
        var series = new List<MetricSeries>();
        foreach (var file in files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (series.Count >= request.Bounds.MaxSeries)
            {
                problems.Add(new SourceProblem(Name, $"only the first {request.Bounds.MaxSeries} series were read; {file} and later were not", Partial: true));
                break;
            }

            var key = Path.GetFileName(BundleFolder.Uncompressed(file));
            var owner = owners.GetValueOrDefault(key) ?? new Owner(Path.GetFileNameWithoutExtension(key), null, MetricOwner.Service, null, null);
            try
            {
                series.AddRange(ReadFile(file, owner, request.Bounds, problems).Take(request.Bounds.MaxSeries - series.Count));
            }
            catch (Exception broken) when (broken is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                problems.Add(new SourceProblem(Name, $"{file}: {broken.Message}", Partial: true));
            }
        }

        return new Observations { Metrics = series, LookedAt = [$"{series.Count} metric series of {files.Count} files"] };
    }

    private List<MetricSeries> ReadFile(string file, Owner owner, EvidenceBounds bounds, List<SourceProblem> problems)
    {
        using var stream = Folder.Open(file, bounds.MaxBytes);
        using var lines = new LineReader(stream);
        var table = MetricTable.Read(lines);
        ReportBad(problems, file, table.BadRows);
        ReportCut(problems, file, stream, lines);
        var plain = BundleFolder.Uncompressed(file);
        return
        [
            .. table.Names.Select((name, column) => new MetricSeries(
                owner.Service, owner.Instance, owner.Kind, owner.Peer, owner.Version, name,
                table.Times, table.Columns[column], $"{plain} column {name}")),
        ];
    }

    private Dictionary<string, Owner> ReadIndex(EvidenceBounds bounds, List<SourceProblem> problems)
    {
        var owners = new Dictionary<string, Owner>(StringComparer.Ordinal);
        try
        {
            using var document = Folder.Find(Index) is { } file ? ReadJson(file, bounds) : null;
            if (document is null || document.RootElement.ValueKind != JsonValueKind.Object)
            {
                problems.Add(new SourceProblem(Name, $"{Index} is missing: file names are taken for the names of services", Partial: true));
                return owners;
            }

            foreach (var entry in document.RootElement.EnumerateObject())
            {
                owners[entry.Name] = Owner.From(entry.Value);
            }
        }
        catch (Exception broken) when (broken is IOException or InvalidDataException or JsonException)
        {
            problems.Add(new SourceProblem(Name, $"{Index}: {broken.Message}", Partial: true));
        }

        return owners;
    }

    private sealed record Owner(string? Service, string? Instance, MetricOwner Kind, string? Peer, string? Version)
    {
        public static Owner From(JsonElement json)
        {
            var kind = Enum.TryParse<MetricOwner>(json.Text("kind"), ignoreCase: true, out var known) ? known : MetricOwner.Service;
            return new Owner(json.Text("service"), json.Text("instance"), kind, json.Text("peer"), json.Text("version"));
        }
    }
}
