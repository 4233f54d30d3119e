using OpsBot.Contracts.Apis;
using OpsBot.Contracts.Messages;

namespace OpsBot.Contracts.Events;

/// <summary>What sort of change it was.</summary>
public enum ChangeKind
{
    Deploy,
    Config,
    Flag,
    Commit,
    Scale,
    Build,
    Release,
}

/// <summary>How far the change got.</summary>
public enum ChangeStatus
{
    Created,
    Waiting,
    Started,
    Succeeded,
    Failed,
    Cancelled,
    Pushed,
    Edited,
    Deleted,
    Unknown,
}

/// <summary>A change of the system: a deploy, a release, a push, a flag. A blank fact is one that the payload does not state.</summary>
public sealed record DeployReported : IMessage
{
    public static string Kind => "deploy.reported";

    public required string Source { get; init; }

    /// <summary>The sender's word for the event: <c>deployment_status</c>, <c>push</c>, …</summary>
    public required string Event { get; init; }

    /// <summary>Equal for every event of the same change: <c>deployment/145988746</c>.</summary>
    public required string ChangeKey { get; init; }

    public required ChangeKind Change { get; init; }

    public required ChangeStatus Status { get; init; }

    public string? Service { get; init; }

    public string? Environment { get; init; }

    public string? Title { get; init; }

    public string? Summary { get; init; }

    public string? Version { get; init; }

    public string? Commit { get; init; }

    public string? Branch { get; init; }

    public string? Author { get; init; }

    public string? Diff { get; init; }

    public IReadOnlyList<string> Files { get; init; } = [];

    public IReadOnlyList<string> OldInstances { get; init; } = [];

    public IReadOnlyList<string> NewInstances { get; init; } = [];

    /// <summary>Descriptions of the APIs that the service now has, as the sender gives them. They are kept apart from the change.</summary>
    public IReadOnlyList<ReportedContract> Contracts { get; init; } = [];

    /// <summary>What became of them, held against those of the change before; OpsBot's own finding and never a sender's.</summary>
    public IReadOnlyList<ContractComparison> Comparisons { get; init; } = [];

    public DateTimeOffset? OccurredAt { get; init; }

    public DateTimeOffset ReceivedAt { get; init; }

    public IReadOnlyList<string> Links { get; init; } = [];

    public IReadOnlyDictionary<string, string> Facts { get; init; } = new Dictionary<string, string>();
}
