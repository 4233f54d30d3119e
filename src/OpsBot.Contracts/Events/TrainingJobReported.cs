using System.Text.Json.Serialization;
using OpsBot.Contracts.Messages;

namespace OpsBot.Contracts.Events;

/// <summary>Where a training job stands.</summary>
public enum TrainingJobStatus
{
    Queued,
    Running,
    Succeeded,
    Failed,
    Cancelled,
    Unknown,
}

/// <summary>A training job was submitted, moved on or ended.</summary>
public sealed record TrainingJobReported : IMessage
{
    public static string Kind => "training.reported";

    public required string Source { get; init; }

    public required string Event { get; init; }

    /// <summary>Equal for every event of the same job.</summary>
    public required string JobKey { get; init; }

    /// <summary>Key of the incident that the job's failure opens; also of the job's stream, so that a row of it that nobody could handle is found from there.</summary>
    [JsonIgnore]
    public string IncidentKey => $"training/{JobKey}";

    /// <summary>The number that people know the job by.</summary>
    [JsonIgnore]
    public string ShortKey => ShortKeyOf(JobKey);

    public required TrainingJobStatus Status { get; init; }

    public string? Name { get; init; }

    public string? User { get; init; }

    public string? Environment { get; init; }

    /// <summary>Why it stands where it stands, in the sender's words.</summary>
    public string? Reason { get; init; }

    public int? ExitCode { get; init; }

    public IReadOnlyList<string> Nodes { get; init; } = [];

    /// <summary>How many it was given, all nodes together; null where the sender does not say.</summary>
    public int? Gpus { get; init; }

    /// <summary>Last values of the metrics that the event carries.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();

    /// <summary>Training step of <see cref="Metrics"/>.</summary>
    public long? Step { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public DateTimeOffset? OccurredAt { get; init; }

    public DateTimeOffset ReceivedAt { get; init; }

    public IReadOnlyList<string> Links { get; init; } = [];

    public IReadOnlyDictionary<string, string> Facts { get; init; } = new Dictionary<string, string>();

    /// <summary>Senders put what it is a number of in front of it: <c>/slurm#4711</c>.</summary>
    public static string ShortKeyOf(string jobKey) => jobKey[(jobKey.LastIndexOfAny(['/', '#']) + 1)..] is { Length: > 0 } end ? end : jobKey;
}
