using OpsBot.Contracts.Training;
using OpsBot.Signals.Curves;
using OpsBot.Watches.Ticks;

namespace OpsBot.Watches.Training;

/// <summary>What one look at a training run saw.</summary>
/// <param name="IsAll">There is nothing further to read now.</param>
internal sealed record RunObservation(bool Saw, string? Note, string? Cursor, IReadOnlyList<CurvePoint> Points, IReadOnlyList<string> Lines, bool IsAll)
    : WatchObservation(Saw, Note, Cursor)
{
    public static readonly RunObservation Blind = new(false, null, null, [], [], IsAll: false);

    /// <summary>Its metrics are not there, or not yet.</summary>
    public bool IsAbsent { get; init; }

    /// <summary>What the scheduler said; null where nobody told of the job.</summary>
    public TrainingJob? Job { get; init; }

    /// <summary>Earlier runs of the same job, newest first.</summary>
    public IReadOnlyList<EarlierRun> Earlier { get; init; } = [];
}
