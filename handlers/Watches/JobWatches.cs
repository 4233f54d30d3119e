using OpsBot.Chat.Commands;
using OpsBot.Contracts.Watches;
using OpsBot.Watches.Declared;
using OpsBot.Watches.Desk;

namespace OpsBot.Handlers.Watches;

/// <summary>Makes a watch of a training job that somebody names: its metrics are read where the configuration says that those of such jobs are.</summary>
public sealed class JobWatches(DeclaredWatches declared)
{
    /// <exception cref="FormatException">Nobody said where the metrics of jobs are; the message says what to do.</exception>
    public Watch Make(WatchTerms terms, WatchRequest.Job job, DateTimeOffset now) => declared.OfJob(
        terms, new OpsBot.Watches.Training.TrainingGoal(job.Metric, job.Op, job.Target, null), job.Key, now);
}
