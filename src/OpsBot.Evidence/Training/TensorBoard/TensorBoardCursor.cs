namespace OpsBot.Evidence.Training.TensorBoard;

/// <summary>Where the next look at a folder of event files begins.</summary>
internal sealed record TensorBoardCursor(IReadOnlyList<ReadEvents> Files);

/// <summary>One event file.</summary>
/// <param name="Name">Path below the folder.</param>
/// <param name="Mark">Which file, and how far.</param>
/// <param name="WrongAt">How long it was when something in it was found wrong; looked at again once it has grown.</param>
internal sealed record ReadEvents(string Name, FileMark Mark, long? WrongAt);
