using System.Text.Json;
using OpsBot.Contracts.Diagnoses;
using OpsBot.Runtime.Text;

namespace OpsBot.Evidence.Bundle;

/// <summary>
/// One kind of file of a bundle. Each kind is a source of its own, so that a broken file costs only what it holds. A file that is absent
/// was not collected; one that is there and empty says that nothing was to be seen.
/// </summary>
internal abstract class BundleSource(BundleFolder folder, string what) : IEvidenceSource
{
    /// <summary>Largest JSON file read as a whole, bytes.</summary>
    private const long MaxJson = 256L << 20;

    public string Name => $"bundle {what}";

    protected BundleFolder Folder => folder;

    public Task<Observations> CollectAsync(EvidenceRequest request, CancellationToken cancellationToken) =>
        Task.Run(
            () =>
            {
                var problems = new List<SourceProblem>();
                try
                {
                    var seen = Collect(request, problems, cancellationToken) ?? new Observations { NotCollected = [$"{what}: not collected"] };
                    return seen with { Problems = [.. seen.Problems, .. problems] };
                }
                catch (Exception broken) when (broken is IOException or InvalidDataException or JsonException or UnauthorizedAccessException)
                {
                    return new Observations { Problems = [.. problems, new SourceProblem(Name, broken.Message, Partial: false)] };
                }
            },
            cancellationToken);

    /// <summary>Reads the files; null where none is there.</summary>
    protected abstract Observations? Collect(EvidenceRequest request, List<SourceProblem> problems, CancellationToken cancellationToken);

    /// <summary>Reads one JSON document; null where the file is empty.</summary>
    protected JsonDocument? ReadJson(string file, EvidenceBounds bounds)
    {
        using var stream = folder.Open(file, Math.Min(bounds.MaxBytes, MaxJson));
        using var reader = new StreamReader(stream);
        var text = reader.ReadToEnd();
        if (stream.Truncated)
        {
            throw new InvalidDataException($"{file} is larger than {stream.Limit} bytes; split it or raise the bound");
        }

        return text.AsSpan().Trim().IsEmpty ? null : JsonDocument.Parse(JsonEscapes.Mended(text));
    }

    /// <summary>Rows of a JSON array; an object that fails <paramref name="read"/> is counted, the others survive.</summary>
    protected List<T> ReadRows<T>(string file, EvidenceBounds bounds, List<SourceProblem> problems, Func<JsonElement, int, T?> read)
        where T : class
    {
        using var document = ReadJson(file, bounds);
        var rows = new List<T>();
        if (document is null)
        {
            return rows;
        }

        if (document.RootElement.ValueKind != JsonValueKind.Array)
        {
            throw new InvalidDataException($"{file} holds {document.RootElement.ValueKind} where a list was expected");
        }

        var (at, bad) = (0, 0);
        foreach (var element in document.RootElement.EnumerateArray())
        {
            if (rows.Count == bounds.MaxRows)
            {
                problems.Add(new SourceProblem(Name, $"{file}: only the first {bounds.MaxRows} rows were read", Partial: true));
                break;
            }

            if (read(element, at++) is { } row)
            {
                rows.Add(row);
            }
            else
            {
                bad++;
            }
        }

        ReportBad(problems, file, bad);
        return rows;
    }

    protected void ReportBad(List<SourceProblem> problems, string file, int bad)
    {
        if (bad > 0)
        {
            problems.Add(new SourceProblem(Name, $"{file}: {bad} rows could not be read and were left out", Partial: true));
        }
    }

    protected void ReportCut(List<SourceProblem> problems, string file, BoundedStream stream, LineReader lines)
    {
        if (stream.Truncated)
        {
            problems.Add(new SourceProblem(Name, $"{file}: only the first {stream.Limit} bytes were read", Partial: true));
        }

        if (lines.Cut > 0)
        {
            problems.Add(new SourceProblem(Name, $"{file}: {lines.Cut} lines were longer than {LineReader.MaxLine} characters and were cut", Partial: true));
        }
    }
}
