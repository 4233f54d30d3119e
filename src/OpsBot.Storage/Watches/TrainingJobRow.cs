using System.Text.Json;
using OpsBot.Contracts;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Training;
using OpsBot.Contracts.Watches;
using OpsBot.Storage.Incidents;

namespace OpsBot.Storage.Watches;

/// <summary>A row of <c>training_jobs</c>.</summary>
internal sealed record TrainingJobRow
{
    public const string Select =
        """
        select j.id as Id, j.source as Source, j.job_key as JobKey, j.short_key as ShortKey, j.name as Name, j.user_name as UserName, j.environment as Environment,
          j.status as Status, j.status_at as StatusAt, j.started_at as StartedAt, j.ended_at as EndedAt, j.gpus as Gpus, j.watch_id as WatchId,
          j.incident_id as IncidentId, j.verdict as Verdict, j.curve as Curve
        from training_jobs j
        """;

    public long Id { get; init; }

    public string Source { get; init; } = "";

    public string JobKey { get; init; } = "";

    public string ShortKey { get; init; } = "";

    public string? Name { get; init; }

    public string? UserName { get; init; }

    public string? Environment { get; init; }

    public string Status { get; init; } = "";

    public long StatusAt { get; init; }

    public long? StartedAt { get; init; }

    public long? EndedAt { get; init; }

    public long? Gpus { get; init; }

    public long? WatchId { get; init; }

    public long? IncidentId { get; init; }

    public string? Verdict { get; init; }

    public string? Curve { get; init; }

    public TrainingJob ToJob() => new()
    {
        Id = Id,
        Source = Source,
        Key = JobKey,
        ShortKey = ShortKey,
        Name = Name,
        User = UserName,
        Environment = Environment,
        Status = JsonSerializer.Deserialize<TrainingJobStatus>($"\"{Status}\"", OpsBotJson.Options),
        StatusAt = Time(StatusAt),
        StartedAt = StartedAt is { } started ? Time(started) : null,
        EndedAt = EndedAt is { } ended ? Time(ended) : null,
        Gpus = (int?)Gpus,
        WatchId = WatchId,
        IncidentId = IncidentId,
        Verdict = Verdict is null ? null : IncidentTable.Read<WatchVerdict>(Verdict),
        Curve = Curve is null ? null : IncidentTable.Read<TrainingCurve>(Curve),
    };

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
