using MassTransit;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Messages;
using OpsBot.Incidents.Desk;
using OpsBot.Storage.Messages;

namespace OpsBot.Handlers.Training;

/// <summary>A training job moved on: one that failed is an alert, and one that runs or succeeds again resolves it.</summary>
public sealed class RecordTrainingJob(MessageHandling handling, IncidentDesk incidents) : IConsumer<Due<TrainingJobReported>>
{
    public Task Consume(ConsumeContext<Due<TrainingJobReported>> context) => handling.Handle(context, (job, scope) =>
        ToAlert(job) is { } alert ? incidents.TakeAsync(alert, scope) : Task.CompletedTask);

    /// <summary>The alert that a job's status amounts to; null where nobody needs to know.</summary>
    internal static AlertReported? ToAlert(TrainingJobReported job)
    {
        AlertStatus? status = job.Status switch
        {
            TrainingJobStatus.Failed => AlertStatus.Firing,
            TrainingJobStatus.Running or TrainingJobStatus.Succeeded or TrainingJobStatus.Cancelled => AlertStatus.Resolved,
            _ => null,
        };
        var name = job.Name ?? job.JobKey;
        return status is null
            ? null
            : new AlertReported
            {
                Source = job.Source,
                Event = job.Event,
                IncidentKey = $"training/{job.JobKey}",
                Fingerprint = $"training/{name}",
                Status = status.Value,
                Title = $"Training job {name} failed" + (job.Reason is { Length: > 0 } reason ? $": {reason}" : ""),
                Service = name,
                Severity = "high",
                Environment = job.Environment,
                Description = job.ExitCode is { } code ? $"Exit code {code}." : null,
                OccurredAt = job.OccurredAt ?? job.EndedAt,
                StartedAt = job.EndedAt ?? job.OccurredAt,
                ReceivedAt = job.ReceivedAt,
                Links = job.Links,
                Facts = job.Facts,
            };
    }
}
