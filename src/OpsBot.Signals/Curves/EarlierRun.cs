namespace OpsBot.Signals.Curves;

/// <summary>The goal's metric in an earlier run of the same job, for comparison.</summary>
/// <param name="Name">What people call the run.</param>
/// <param name="Steps">Ascending.</param>
/// <param name="Values">One a step, finite.</param>
public sealed record EarlierRun(string Name, IReadOnlyList<long> Steps, IReadOnlyList<double> Values);
