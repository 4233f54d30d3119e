using OpsBot.Signals.LogTemplates;
using OpsBot.Signals.Traces;

namespace OpsBot.Diagnosis.Triage;

/// <summary>Spans of each operation, counted in the buckets of a log digest.</summary>
internal static class OperationCounts
{
    public static IReadOnlyList<TemplateCount> Of(IReadOnlyList<SpanSample> spans, LogDigest digest)
    {
        var counts = new Dictionary<(string Service, string? Instance, string Operation), int[]>();
        foreach (var span in spans)
        {
            var bucket = (span.TimeMs - digest.FromMs) / Math.Max(1, digest.BucketMs);
            if (bucket < 0 || bucket >= digest.Buckets)
            {
                continue;
            }

            var key = (span.Service, span.Instance, span.Operation);
            if (!counts.TryGetValue(key, out var mine))
            {
                counts[key] = mine = new int[digest.Buckets];
            }

            mine[bucket]++;
        }

        return
        [
            .. counts.Select(entry => new TemplateCount(
                entry.Key.Service, entry.Key.Instance, $"span {entry.Key.Operation}", null, entry.Value, 0, entry.Value.Sum(), null, null, [], "traces")),
        ];
    }
}
