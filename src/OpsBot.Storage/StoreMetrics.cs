using System.Diagnostics;
using System.Diagnostics.Metrics;
using OpsBot.Contracts.Telemetry;

namespace OpsBot.Storage;

/// <summary>What committing costs.</summary>
public static class StoreMetrics
{
    public static Histogram<double> Commits { get; } = Instruments.Duration(
        "opsbot_store_commit_seconds", "Time of one group commit, from beginning its transaction to the disk.");

    public static Counter<long> Writes { get; } = Instruments.Counter("opsbot_store_writes_total", "Writes that were committed or rolled back, several to a commit.");

    public static Counter<long> FailedCommits { get; } = Instruments.Counter(
        "opsbot_store_failed_commits_total", "Group commits that the engine refused or that lost their connection.");

    public static Counter<long> Abandoned { get; } = Instruments.Counter(
        "opsbot_leases_abandoned_total", "Messages that were freed from a worker that died or fell silent.");

    /// <summary>Times one commit until it is disposed of.</summary>
    /// <param name="group">The writes that took part, known only at the end.</param>
    internal static Commit Time<T>(List<T> group) => new(Stopwatch.GetTimestamp(), group);

    internal readonly struct Commit(long begun, System.Collections.ICollection group) : IDisposable
    {
        public void Dispose()
        {
            Commits.Record(Stopwatch.GetElapsedTime(begun).TotalSeconds);
            Writes.Add(group.Count);
        }
    }
}
