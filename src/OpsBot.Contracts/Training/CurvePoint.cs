namespace OpsBot.Contracts.Training;

/// <summary>What was measured at one step of a training run.</summary>
/// <param name="Step">Iteration or global step, from 0.</param>
/// <param name="At">When it was measured; null where the source does not say.</param>
/// <param name="Values">By metric, in the source's names. NaN and infinities are values; what was not measured at this step is absent.</param>
public sealed record CurvePoint(long Step, DateTimeOffset? At, IReadOnlyDictionary<string, double> Values);
