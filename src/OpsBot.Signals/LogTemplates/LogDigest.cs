namespace OpsBot.Signals.LogTemplates;

/// <summary>
/// What a stream of log lines amounts to, bounded however long the stream was: per service, instance and template the counts in
/// equal time buckets with a few samples. Made by <c>LogDigestBuilder</c>, which reads each line once.
/// </summary>
/// <param name="BucketMs">Width of a bucket, milliseconds.</param>
/// <param name="FromMs">Start of bucket 0, Unix milliseconds.</param>
/// <param name="Buckets">Number of buckets.</param>
/// <param name="Lines">Lines read.</param>
/// <param name="Truncated">Why not all was read or kept; null where it was.</param>
public sealed record LogDigest(
    long BucketMs, long FromMs, int Buckets, long Lines, IReadOnlyList<TemplateCount> Templates, string? Truncated);

/// <summary>One template of one service and instance.</summary>
/// <param name="Template">The constant words, <c>&lt;*&gt;</c> for what varies.</param>
/// <param name="Level">The highest level seen.</param>
/// <param name="Counts">Lines a bucket.</param>
/// <param name="Untimed">Lines that had no time.</param>
/// <param name="FirstMs">Unix milliseconds of the first line, if any had a time.</param>
/// <param name="Samples">The first and the last line, as they were.</param>
/// <param name="Query">File and line number, or the query, of the first sample.</param>
public sealed record TemplateCount(
    string? Service, string? Instance, string Template, string? Level, int[] Counts, long Untimed, long Total,
    long? FirstMs, long? LastMs, IReadOnlyList<string> Samples, string Query);
