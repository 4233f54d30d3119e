using Dapper;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Training;
using OpsBot.Contracts.Watches;
using OpsBot.Storage.Engine;
using OpsBot.Storage.Incidents;

namespace OpsBot.Storage.Watches;

/// <summary>All SQL on training jobs that takes part in a write. Each call is inside somebody's transaction.</summary>
public static class TrainingJobTable
{
    // A report that is late moves nothing. A job that is requeued runs again: it has no end any more, and keeps the time when it first ran.
    private const string Upsert =
        """
        insert into training_jobs (source, job_key, short_key, name, user_name, environment, status, status_at, said_at, heard_at, started_at, ended_at, gpus)
        values (@Source, @JobKey, @ShortKey, @Name, @User, @Environment, @status, @now, @said, @now, @started, @ended, @gpus)
        on conflict (source, job_key) do update set
          name = coalesce(excluded.name, training_jobs.name),
          user_name = coalesce(excluded.user_name, training_jobs.user_name),
          environment = coalesce(excluded.environment, training_jobs.environment),
          status_at = case when training_jobs.status = excluded.status then training_jobs.status_at else excluded.status_at end,
          status = excluded.status,
          said_at = coalesce(excluded.said_at, training_jobs.said_at),
          heard_at = excluded.heard_at,
          started_at = coalesce(training_jobs.started_at, excluded.started_at),
          ended_at = excluded.ended_at,
          gpus = coalesce(excluded.gpus, training_jobs.gpus)
        where training_jobs.said_at is null or excluded.said_at is null or excluded.said_at >= training_jobs.said_at
        """;

    private const string End =
        """
        update training_jobs set watch_id = @watchId, incident_id = coalesce(@incidentId, incident_id), verdict = @verdict, metric = @metric, curve = @curve
        where source = @Source and job_key = @Key
        """;

    /// <summary>A sender told where a job stands. What it does not say of it stays as it was; a status that nobody knows says nothing.</summary>
    public static Task ReportedAsync(StoreTransaction transaction, TrainingJobReported job, DateTimeOffset now) => job.Status == TrainingJobStatus.Unknown
        ? Task.CompletedTask
        : transaction.Connection.ExecuteAsync(
            Upsert,
            new
            {
                job.Source,
                job.JobKey,
                job.ShortKey,
                job.Name,
                job.User,
                job.Environment,
                status = IncidentTable.Word(job.Status),
                now = now.ToUnixTimeMilliseconds(),
                said = job.OccurredAt?.ToUnixTimeMilliseconds(),
                started = job.StartedAt?.ToUnixTimeMilliseconds(),
                ended = job.Status is TrainingJobStatus.Succeeded or TrainingJobStatus.Failed or TrainingJobStatus.Cancelled
                    ? (job.EndedAt ?? job.OccurredAt ?? now).ToUnixTimeMilliseconds()
                    : (long?)null,
                gpus = (long?)job.Gpus,
            },
            transaction.Transaction);

    /// <summary>A watch of a job came to its end.</summary>
    /// <param name="curve">The goal's metric as it was seen; null where there is none.</param>
    public static Task EndedAsync(StoreTransaction transaction, TrainingJobId id, long watchId, long? incidentId, WatchVerdict verdict, TrainingCurve? curve) =>
        transaction.Connection.ExecuteAsync(
            End,
            new
            {
                id.Source,
                id.Key,
                watchId,
                incidentId,
                verdict = IncidentTable.Write(verdict),
                metric = curve?.Metric,
                curve = curve is null ? null : IncidentTable.Write(curve),
            },
            transaction.Transaction);

    /// <summary>As <see cref="Contracts.Ports.ITrainingJobs.NamedAsync"/>.</summary>
    public static Task<IReadOnlyList<TrainingJob>> NamedAsync(StoreTransaction transaction, string key) =>
        TrainingJobReader.NamedAsync(transaction.Connection, transaction.Transaction, key);
}
