namespace OpsBot.Signals.LogTemplates;

/// <summary>How much a digest may keep.</summary>
/// <param name="MaxBuckets">Most time buckets.</param>
/// <param name="MaxTemplatesPerInstance">Most templates of one service and instance; the rest is counted as one.</param>
/// <param name="MaxCounts">Most templates of all services and instances together.</param>
/// <param name="MaxSampleChars">Longest sample, characters.</param>
public sealed record LogDigestBounds(int MaxBuckets, int MaxTemplatesPerInstance, int MaxCounts, int MaxSampleChars)
{
    /// <summary>240 buckets, 500 templates an instance, 20,000 in all, samples of 600 characters: at most about 70 MB.</summary>
    public static LogDigestBounds Default { get; } = new(240, 500, 20_000, 600);
}
