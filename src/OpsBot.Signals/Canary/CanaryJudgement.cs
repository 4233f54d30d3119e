namespace OpsBot.Signals.Canary;

/// <summary>What is to become of a canary.</summary>
public enum CanaryCall
{
    /// <summary>Its time is not over, and it is not clear yet.</summary>
    GoOn,
    Promote,
    RollBack,

    /// <summary>Its time is over, and it was shown neither to be worse nor to be good enough.</summary>
    Hold,
}

/// <summary>Where one metric stands.</summary>
public enum CanaryStanding
{
    /// <summary>Neither is excluded yet.</summary>
    Undecided,

    /// <summary>A change that is worse than tolerated is excluded.</summary>
    GoodEnough,

    /// <summary>It is worse than the baseline, and by more than is tolerated as far as can be told.</summary>
    Worse,

    /// <summary>It is worse for certain, and by less than is tolerated as far as can be told.</summary>
    SlightlyWorse,

    /// <summary>There were too few requests to tell.</summary>
    TooLittleTraffic,
    NoCanary,
    NoBaseline,
    NoData,
}

/// <summary>How one metric came out.</summary>
/// <param name="Effect">Relative change of the canary against the baseline: 0.12 is 12 % more; null where nothing can be told.</param>
/// <param name="Low">Below this it is not, with the plan's rate of error and whenever it is looked at; null for no bound.</param>
/// <param name="High">Above this it is not.</param>
/// <param name="Evidence">e-value against "no worse": 20 is what happens to one of 20 canaries that are no worse, at most, however often one looks.</param>
/// <param name="Intervals">So many counted.</param>
/// <param name="LeftOut">What was not counted, and why; empty for nothing.</param>
public sealed record CanaryMetricJudgement(
    string Name, CanaryStanding Standing, double? Effect, double? Low, double? High, double Evidence, int Intervals, string LeftOut);

/// <summary>How a canary stands.</summary>
/// <param name="Evidence">The metrics' evidence against "no worse" in one number: their mean.</param>
/// <param name="Metrics">In the order of the plan.</param>
/// <param name="Blamed">Of a roll-back, the metric that speaks most for it.</param>
public sealed record CanaryJudgement(CanaryCall Call, double Evidence, IReadOnlyList<CanaryMetricJudgement> Metrics, CanaryMetricJudgement? Blamed);
