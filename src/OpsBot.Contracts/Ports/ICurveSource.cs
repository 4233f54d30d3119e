using OpsBot.Contracts.Training;

namespace OpsBot.Contracts.Ports;

/// <summary>Where the metrics of one training run are read, a piece at a time.</summary>
public interface ICurveSource
{
    /// <summary>Reads what is there beyond <paramref name="cursor"/>, bounded.</summary>
    /// <param name="cursor">What the reading before gave; null at the beginning. It survives restarts and moves between hosts.</param>
    Task<CurveReading> ReadAsync(string? cursor, CancellationToken cancellationToken);
}

/// <summary>What one look at a <see cref="ICurveSource"/> gave.</summary>
/// <param name="Points">In the order of the source, each given once.</param>
/// <param name="Lines">Lines of a job's log that hold no metric and may tell why it fails; bounded, untrusted.</param>
/// <param name="Cursor">Where the next look begins.</param>
/// <param name="State">Tells "nothing new" from "not there" and from "could not look".</param>
/// <param name="Note">What a person should know: a truncated file, a checksum that is wrong, why the source does not answer.</param>
public sealed record CurveReading(
    IReadOnlyList<CurvePoint> Points, IReadOnlyList<string> Lines, string? Cursor, CurveReadingState State, string? Note = null)
{
    /// <summary>Whether more is there than this reading could hold.</summary>
    public bool More { get; init; }
}

/// <summary>How a look ended.</summary>
public enum CurveReadingState
{
    /// <summary>Something new was read.</summary>
    Data,

    /// <summary>The source is there and has nothing new.</summary>
    NoData,

    /// <summary>The source is not there (yet): a file that appears late, a run that is not known.</summary>
    Absent,

    /// <summary>The source could not be read; <see cref="CurveReading.Note"/> says why.</summary>
    Failed,
}
