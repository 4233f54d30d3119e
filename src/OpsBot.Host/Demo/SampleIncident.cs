using System.Globalization;
using System.Text;
using System.Text.Json;
using OpsBot.Contracts;

namespace OpsBot.Host.Demo;

/// <summary>One delivery of a sample, its times moved to now.</summary>
/// <param name="File">Name of the file that it came from.</param>
/// <param name="Source">The sender to play: <c>github</c>, <c>alertmanager</c>, <c>pagerduty</c>, <c>grafana</c> or <c>cloudevents</c>.</param>
/// <param name="Event">GitHub's <c>X-GitHub-Event</c>; null for the others.</param>
/// <param name="After">When to send it, counted from the start.</param>
internal sealed record SampleDelivery(string File, string Source, string? Event, TimeSpan After, byte[] Body);

/// <summary>
/// A sample incident of <c>deploy/samples</c>: deliveries to play and a bundle to look into. Its files hold fixed times; they are moved so
/// that the sample's base falls on the moment it is played. The files themselves are never changed.
/// </summary>
internal sealed class SampleIncident
{
    private readonly string _folder;
    private readonly Description _description;

    private SampleIncident(string folder, Description description)
    {
        _folder = folder;
        _description = description;
    }

    internal string Title => _description.Title;

    /// <summary>True where the toy deployment is what this incident is about.</summary>
    internal bool HasToy => _description.Toy;

    /// <summary>The moment that becomes now. No time of the bundle or of the first deliveries lies after it.</summary>
    internal DateTimeOffset Base => _description.Base;

    /// <param name="folder">A folder with <c>sample.json</c>.</param>
    /// <exception cref="InvalidDataException">The folder holds no sample, or one that cannot be read; says which file.</exception>
    internal static SampleIncident Load(string folder) => new(folder, Read<Description>(Path.Combine(folder, "sample.json")));

    /// <summary>The deliveries in the order and at the times to send them.</summary>
    /// <param name="start">When the sample is played.</param>
    internal IReadOnlyList<SampleDelivery> Deliveries(DateTimeOffset start) => Deliveries(_description.Deliveries, ShiftTo(start, start));

    /// <summary>The deliveries that say it is over. They name the same starts as before; only what ended, ends at <paramref name="end"/>.</summary>
    /// <param name="start">When the sample was played.</param>
    /// <param name="end">When these are sent.</param>
    internal IReadOnlyList<SampleDelivery> Resolution(DateTimeOffset start, DateTimeOffset end) => Deliveries(_description.Resolve, ShiftTo(start, end));

    /// <summary>Copies the bundle into a folder of its own, times moved.</summary>
    internal void CopyBundle(string target, DateTimeOffset start)
    {
        var source = Path.Combine(_folder, Inside(_description.Bundle));
        var shift = ShiftTo(start, start);
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(target, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.WriteAllText(copy, shift.Apply(File.ReadAllText(file)));
        }
    }

    /// <summary>Writes the bundle's logs as one <c>service.log</c> each, as programs write them: time, level, instance, message.</summary>
    internal void WriteLogFiles(string target, DateTimeOffset start)
    {
        var shift = ShiftTo(start, start);
        Directory.CreateDirectory(target);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(_folder, Inside(_description.Bundle), "logs"), "*.jsonl"))
        {
            var lines = File.ReadLines(file)
                .Select(l => JsonSerializer.Deserialize<LogRow>(l, OpsBotJson.Options)!)
                .Select(l => $"{shift.Apply(l.Time)} {l.Level?.ToUpperInvariant() ?? "INFO",-5} {l.Instance ?? l.Service} {l.Message}");
            File.WriteAllLines(Path.Combine(target, Path.GetFileNameWithoutExtension(file) + ".log"), lines);
        }
    }

    // whole seconds, so that no time changes its fraction and none comes to lie in the future
    private TimeShift ShiftTo(DateTimeOffset start, DateTimeOffset end) => new(Base, Whole(start - Base), Whole(end - Base));

    private static TimeSpan Whole(TimeSpan span) => TimeSpan.FromSeconds(Math.Floor(span.TotalSeconds));

    private List<SampleDelivery> Deliveries(string? manifest, TimeShift shift)
    {
        if (manifest is null)
        {
            return [];
        }
        var path = Path.Combine(_folder, Inside(manifest));
        var folder = Path.GetDirectoryName(path)!;
        return [.. Read<List<Row>>(path)
            .OrderBy(r => r.AfterMs)
            .Select(r => new SampleDelivery(
                r.File, r.As, r.Event, TimeSpan.FromMilliseconds(r.AfterMs),
                Encoding.UTF8.GetBytes(shift.Apply(ReadText(Path.Combine(folder, Inside(r.File)))))))];
    }

    private static string Inside(string? path) =>
        string.IsNullOrEmpty(path)
        ? throw new InvalidDataException("sample.json names no bundle, or a delivery no file")
        : Path.IsPathRooted(path) || path.Split('/', '\\').Contains("..")
            ? throw new InvalidDataException($"sample: '{path}' leads out of the sample's folder")
            : path;

    private static T Read<T>(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(ReadText(path), OpsBotJson.Options) ?? throw new InvalidDataException($"{path} is empty");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{path}:{e.LineNumber + 1}: {e.Message}"), e);
        }
    }

    private static string ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{path} cannot be read: {e.Message}", e);
        }
    }

    private sealed record Description(DateTimeOffset Base, string Title, string Bundle, string? Deliveries = null, string? Resolve = null, bool Toy = false);

    private sealed record Row(string File, string As, long AfterMs, string? Event = null);

    private sealed record LogRow(string Time, string Service, string Message, string? Instance = null, string? Level = null);
}
