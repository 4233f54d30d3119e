using OpsBot.Contracts.Training;

namespace OpsBot.Contracts.Ports;

/// <summary>What is known of training jobs.</summary>
public interface ITrainingJobs
{
    Task<TrainingJob?> FindAsync(TrainingJobId id, CancellationToken cancellationToken);

    /// <summary>Those that people mean by a key, whole or short; the newest first, a few at most.</summary>
    Task<IReadOnlyList<TrainingJob>> NamedAsync(string key, CancellationToken cancellationToken);

    /// <summary>Earlier runs of the same job (the same sender and name; the same user, where both state one) whose curve of a metric was kept; the newest first.</summary>
    Task<IReadOnlyList<TrainingJob>> EarlierAsync(TrainingJob job, string metric, int limit, CancellationToken cancellationToken);
}
