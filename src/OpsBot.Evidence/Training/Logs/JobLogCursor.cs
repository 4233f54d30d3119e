using OpsBot.Signals.TrainingLogs;

namespace OpsBot.Evidence.Training.Logs;

/// <summary>Where the next look at a job's logs begins.</summary>
internal sealed record JobLogCursor(IReadOnlyList<ReadLog> Logs);

/// <summary>One log and how far it was read.</summary>
/// <param name="Name">The file's name when it was read last.</param>
/// <param name="Mark">Which file, and how far.</param>
/// <param name="State">What its lines have told.</param>
/// <param name="PassOver">The next line is the rest of one that was too long.</param>
internal sealed record ReadLog(string Name, FileMark Mark, TrainingLogState State, bool PassOver);
