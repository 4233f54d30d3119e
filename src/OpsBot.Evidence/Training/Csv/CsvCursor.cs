namespace OpsBot.Evidence.Training.Csv;

/// <summary>Where the next look at a table begins.</summary>
/// <param name="Mark">Which file, and how far.</param>
/// <param name="Heading">Its first line.</param>
/// <param name="Rows">Rows that were given.</param>
/// <param name="LastStep">Step of the last of them.</param>
/// <param name="Skip">Rows at the start of a file that was written anew which were given from the one before.</param>
internal sealed record CsvCursor(FileMark Mark, string Heading, long Rows, long LastStep, long Skip)
{
    public static CsvCursor Start { get; } = new(FileMark.Start, "", 0, -1, 0);
}
