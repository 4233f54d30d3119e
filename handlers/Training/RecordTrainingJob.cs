using MassTransit;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Messages;
using OpsBot.Incidents.Desk;
using OpsBot.Storage.Messages;
using OpsBot.Watches.Declared;

namespace OpsBot.Handlers.Training;

/// <summary>
/// A training job moved on. One that failed is an alert. It is resolved when that job runs, succeeds or is cancelled after all, and when a
/// later run of its name succeeds: one of the same user, begun after the failure. A job that runs beside it proves nothing.
/// </summary>
public sealed class RecordTrainingJob(MessageHandling handling, IncidentDesk incidents, DeclaredWatches watches) : IConsumer<Due<TrainingJobReported>>
{
    private const string User = "user";

    public Task Consume(ConsumeContext<Due<TrainingJobReported>> context) =>
        handling.Handle(context, async (job, scope) =>
        {
            await TakeAsync(job, incidents, scope);
            await watches.TakeAsync(job, scope);
        });

    internal static async Task TakeAsync(TrainingJobReported job, IncidentDesk incidents, EffectScope scope)
    {
        if (ToAlert(job) is not { } alert)
            return;
        await incidents.TakeAsync(alert, scope);
        if (job.Status != TrainingJobStatus.Succeeded)
            return;
        foreach (var earlier in await incidents.ActiveLikeAsync(alert, scope))
        {
            if (IsMadeGood(earlier, job))
                await incidents.TakeAsync(alert with { IncidentKey = earlier.IncidentKey }, scope);
        }
    }

    /// <summary>Whether a job that succeeded is a later run of one that failed. What a sender does not state speaks for it.</summary>
    private static bool IsMadeGood(IncidentAlert failure, TrainingJobReported success) =>
        !(success.StartedAt <= failure.LastAt)
        && (string.IsNullOrWhiteSpace(success.User) || !failure.Labels.TryGetValue(User, out var user) || user == success.User);

    /// <summary>The alert that a job's status amounts to; null where nobody needs to know.</summary>
    private static AlertReported? ToAlert(TrainingJobReported job)
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
                IncidentKey = job.IncidentKey,
                Fingerprint = $"training/{name}",
                Status = status.Value,
                Title = $"Training job {name} failed" + (job.Reason is { Length: > 0 } reason ? $": {reason}" : ""),
                Service = name,
                Severity = "high",
                Environment = job.Environment,
                Description = job.ExitCode is { } code ? $"Exit code {code}." : null,
                Labels = new[] { job.User }.Where(user => !string.IsNullOrWhiteSpace(user)).ToDictionary(_ => User, user => user!),
                OccurredAt = job.OccurredAt ?? job.EndedAt,
                StartedAt = job.EndedAt ?? job.OccurredAt,
                ReceivedAt = job.ReceivedAt,
                Links = job.Links,
                Facts = job.Facts,
            };
    }
}
