using OpsBot.Chat.Commands;
using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Watches;
using OpsBot.Watches.Declared;
using OpsBot.Watches.Desk;

namespace OpsBot.Handlers.Watches;

/// <summary>Makes a watch of a training job that somebody names: its metrics are read where the configuration says that those of such jobs are.</summary>
public sealed class JobWatches(DeclaredWatches declared, ITrainingJobs jobs)
{
    /// <exception cref="FormatException">Nobody said where the metrics of jobs are, or several jobs are called so; the message says what to do.</exception>
    public async Task<Watch> MakeAsync(WatchTerms terms, WatchRequest.Job job, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var known = KnownJob.Among(await jobs.NamedAsync(job.Key, cancellationToken), job.Key);
        return declared.OfJob(terms, new OpsBot.Watches.Training.TrainingGoal(job.Metric, job.Op, job.Target, null), job.Key, known, now) with { OwnThread = job.Follow };
    }
}
