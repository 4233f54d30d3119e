using System.Globalization;
using OpsBot.Ingress.Reading;

namespace OpsBot.Ingress.Slurm;

/// <summary>How many GPUs a job was given: sacct lists what is trackable as objects, squeue in one text, <c>cpu=8,node=2,gres/gpu=4,gres/gpu:a100=4</c>.</summary>
internal static class SlurmGpus
{
    private const long Most = 1_000_000;

    /// <summary>Null where nothing is said of what it was given; 0 where that has no GPU in it.</summary>
    public static int? Of(JsonView job)
    {
        var given = job["tres"]["allocated"].IsArray ? Listed(job["tres"]["allocated"]) : Written(job["tres_alloc_str"].Text(Bounds.Description));
        // all of them, and those of each model
        return given is null ? null : (int)Math.Clamp(given.Exists(one => one.Name == "gpu") ? given.Find(one => one.Name == "gpu").Count : given.Sum(one => one.Count), 0, Most);
    }

    private static List<(string Name, long Count)>? Listed(JsonView allocated) =>
        allocated.Items().Take(Bounds.Entries).ToList() is { Count: > 0 } items
            ? [.. items.Where(item => item["type"].Text() == "gres" && IsGpu(item["name"].Text())).Select(item => (item["name"].Text()!, Math.Clamp(SlurmNumber.Of(item["count"]) ?? 0, 0, Most)))]
            : null;

    private static List<(string Name, long Count)>? Written(string? text) => string.IsNullOrWhiteSpace(text)
        ? null
        : [.. text.Split(',').Select(part => part.Split('=', 2)).Where(part => part.Length == 2 && part[0].StartsWith("gres/", StringComparison.Ordinal) && IsGpu(part[0][5..]))
            .Select(part => (part[0][5..], long.TryParse(part[1], NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? Math.Min(count, Most) : 0))];

    private static bool IsGpu(string? name) => name is not null && (name == "gpu" || name.StartsWith("gpu:", StringComparison.Ordinal));
}
