using OpsBot.Contracts.Events;
using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Training;

namespace OpsBot.Tests.Support;

/// <summary>Jobs as a test says that they stand.</summary>
internal sealed class KnownJobs : ITrainingJobs
{
    public List<TrainingJob> All { get; } = [];

    public void Say(TrainingJobStatus status, DateTimeOffset at, string key = "ci/4711")
    {
        All.RemoveAll(job => job.Key == key);
        All.Add(new TrainingJob { Id = All.Count + 1, Source = "slurm", Key = key, ShortKey = TrainingJobReported.ShortKeyOf(key), Name = "ranker", Status = status, StatusAt = at });
    }

    public Task<TrainingJob?> FindAsync(TrainingJobId id, CancellationToken cancellationToken) =>
        Task.FromResult(All.Find(job => job.Source == id.Source && job.Key == id.Key));

    public Task<IReadOnlyList<TrainingJob>> NamedAsync(string key, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<TrainingJob>>([.. All.Where(job => job.Key == key || job.ShortKey == key)]);

    public Task<IReadOnlyList<TrainingJob>> EarlierAsync(TrainingJob job, string metric, int limit, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<TrainingJob>>([.. All.Where(other => other.Key != job.Key && other.Curve?.Metric == metric).Take(limit)]);
}
