namespace OpsBot.Signals.Curves;

/// <summary>What is known of a run after a point, from the points up to it and nothing else.</summary>
/// <param name="Step">The step of the point.</param>
/// <param name="Fraction">Step ÷ budget; null without a budget.</param>
/// <param name="PReach">Probability from 0 to 1 that the target is reached within the budget; null without a target.</param>
/// <param name="ExpectedStep">Where the target is expected to be reached, or was; null where it is not expected to be, or not known.</param>
/// <param name="Alerts">What began at this point; what goes on is not repeated.</param>
public sealed record CurveJudgement(long Step, double? Fraction, double? PReach, long? ExpectedStep, IReadOnlyList<CurveAlert> Alerts);
