namespace OpsBot.Evidence.Training.Mlflow;

/// <summary>Where the next look at a run begins.</summary>
/// <param name="Run">The run's id: another run begins anew.</param>
/// <param name="Metrics">How far each metric was read.</param>
internal sealed record MlflowCursor(string Run, IReadOnlyDictionary<string, ReadMetric> Metrics);

/// <summary>How far the history of one metric was read.</summary>
/// <param name="Page">Token of the page that was read last; null for the first.</param>
/// <param name="Taken">Values that were taken of that page.</param>
/// <param name="Latest">What the run called its latest value then; as long as it does, nothing is new.</param>
internal sealed record ReadMetric(string? Page, int Taken, string Latest);
