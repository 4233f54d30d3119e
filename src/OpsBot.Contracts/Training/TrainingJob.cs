using OpsBot.Contracts.Events;
using OpsBot.Contracts.Watches;

namespace OpsBot.Contracts.Training;

/// <summary>What is known of a training job that a sender told of.</summary>
public sealed record TrainingJob
{
    /// <summary>Rises with the order in which jobs were first heard of.</summary>
    public required long Id { get; init; }

    /// <summary>The sender: <c>slurm</c>.</summary>
    public required string Source { get; init; }

    /// <summary>As <see cref="TrainingJobReported.JobKey"/>: <c>ci/4711</c>.</summary>
    public required string Key { get; init; }

    /// <summary>As <see cref="TrainingJobReported.ShortKey"/>: <c>4711</c>.</summary>
    public required string ShortKey { get; init; }

    public string? Name { get; init; }

    public string? User { get; init; }

    public string? Environment { get; init; }

    public required TrainingJobStatus Status { get; init; }

    /// <summary>When we first heard of that status, by our clock.</summary>
    public required DateTimeOffset StatusAt { get; init; }

    /// <summary>When it first ran.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>How many it has; null where its sender does not say.</summary>
    public int? Gpus { get; init; }

    /// <summary>The last watch of it that came to an end, with the incident in whose thread it spoke.</summary>
    public long? WatchId { get; init; }

    public long? IncidentId { get; init; }

    public WatchVerdict? Verdict { get; init; }

    /// <summary>Of that watch; null where it had no goal's metric.</summary>
    public TrainingCurve? Curve { get; init; }

    public bool IsOver => Status is TrainingJobStatus.Succeeded or TrainingJobStatus.Failed or TrainingJobStatus.Cancelled;
}

/// <summary>A metric of a run over its steps.</summary>
/// <param name="Metric">In the source's name.</param>
/// <param name="Steps">Ascending, at most <see cref="Most"/>.</param>
/// <param name="Values">One a step, finite.</param>
public sealed record TrainingCurve(string Metric, IReadOnlyList<long> Steps, IReadOnlyList<double> Values)
{
    /// <summary>Points that are kept.</summary>
    public const int Most = 128;

    /// <summary>The same curve with at most <see cref="Most"/> points, evenly chosen; its first and last stay, and its best where that is neither.</summary>
    /// <param name="best">Index of the point that must stay.</param>
    public TrainingCurve Thinned(int best)
    {
        if (Steps.Count <= Most)
            return this;
        var kept = Enumerable.Range(0, Most - 1).Select(i => (int)((long)i * (Steps.Count - 1) / (Most - 2))).Append(best).Distinct().Order().ToList();
        return this with { Steps = [.. kept.Select(i => Steps[i])], Values = [.. kept.Select(i => Values[i])] };
    }
}

/// <summary>Which job a watch observes, as its sender calls it.</summary>
public sealed record TrainingJobId(string Source, string Key);
