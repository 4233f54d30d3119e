using System.Text.Json;
using OpsBot.Contracts;
using OpsBot.Runtime.Text;

namespace OpsBot.Evidence.Bundle;

/// <summary>An incident bundle: one folder of plain files.</summary>
/// <param name="Incident">What fired.</param>
/// <param name="Window">Where to look.</param>
/// <param name="Baseline">A period known to be healthy, where the bundle names one.</param>
/// <param name="Sources">One source a kind of file.</param>
public sealed record IncidentBundle(
    IncidentFacts Incident, TimeWindow Window, TimeWindow? Baseline, IReadOnlyList<IEvidenceSource> Sources)
{
    private const string IncidentFile = "incident.json";
    private const long MaxIncident = 1 << 20;

    /// <summary>How far around the alert to look where the bundle names no window.</summary>
    private static readonly TimeSpan DefaultReach = TimeSpan.FromHours(1);

    /// <summary>Reads <c>incident.json</c> and lists the sources; reads no data yet and never the label of a test case.</summary>
    /// <exception cref="UnreadableBundleException">The folder or its <c>incident.json</c> is missing or unusable.</exception>
    public static IncidentBundle Open(string path)
    {
        if (!Directory.Exists(path))
        {
            throw new UnreadableBundleException(
                File.Exists(path)
                    ? $"'{path}' is a file; name the folder that holds {IncidentFile}"
                    : $"there is no folder '{path}'; name the folder that holds {IncidentFile}");
        }

        var folder = new BundleFolder(Path.GetFullPath(path));
        var file = folder.Find(IncidentFile)
            ?? throw new UnreadableBundleException($"'{path}' holds no {IncidentFile}; is it an incident bundle? (deploy/samples holds some)");
        try
        {
            using var stream = folder.Open(file, MaxIncident);
            using var reader = new StreamReader(stream);
            using var document = JsonDocument.Parse(JsonEscapes.Mended(reader.ReadToEnd()));
            return Read(document.RootElement, folder, Path.Combine(path, file));
        }
        catch (JsonException broken)
        {
            throw new UnreadableBundleException($"'{Path.Combine(path, file)}' is not JSON: {broken.Message}", broken);
        }
        catch (Exception broken) when (broken is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new UnreadableBundleException($"'{Path.Combine(path, file)}' cannot be read: {broken.Message}", broken);
        }
    }

    private static IncidentBundle Read(JsonElement json, BundleFolder folder, string file)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw new UnreadableBundleException($"'{file}' holds {json.ValueKind} where an object was expected");
        }

        var window = ReadWindow(json, "window", file);
        var startedAt = json.Time("startedAt") ?? window?.To
            ?? throw new UnreadableBundleException(
                $"'{file}': startedAt is '{json.Text("startedAt")}' and there is no window; give startedAt as ISO 8601 UTC, for example 2026-01-31T09:00:00Z");
        window ??= new TimeWindow(startedAt - DefaultReach, startedAt + (DefaultReach / 6));
        var incident = new IncidentFacts(
            json.Text("id") ?? Path.GetFileName(folder.Root),
            json.Text("title") ?? "(no title)",
            startedAt,
            json.Text("source") ?? "bundle",
            json.Text("service"),
            json.Text("severity"),
            json.Text("environment") ?? "",
            ReadLabels(json),
            json.Text("summary"),
            json.Text("description"),
            json.Text("expr") ?? json.Text("expression"));
        return new IncidentBundle(incident, window, ReadWindow(json, "baseline", file), BundleSources.Of(folder));
    }

    private static TimeWindow? ReadWindow(JsonElement json, string name, string file)
    {
        if (json.Get(name) is not { } value || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (value.Time("from") is not { } from || value.Time("to") is not { } to)
        {
            throw new UnreadableBundleException(
                $"'{file}': {name} is {value.GetRawText()}; give it as {{\"from\":\"…Z\",\"to\":\"…Z\"}} in ISO 8601 UTC");
        }

        return to > from
            ? new TimeWindow(from, to)
            : throw new UnreadableBundleException($"'{file}': {name} ends ({OpsBotJson.Format(to)}) no later than it begins ({OpsBotJson.Format(from)})");
    }

    private static Dictionary<string, string> ReadLabels(JsonElement json)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        if (json.Get("labels") is { ValueKind: JsonValueKind.Object } given)
        {
            foreach (var label in given.EnumerateObject())
            {
                labels[label.Name] = label.Value.ValueKind == JsonValueKind.String ? label.Value.GetString()! : label.Value.GetRawText();
            }
        }

        return labels;
    }
}
