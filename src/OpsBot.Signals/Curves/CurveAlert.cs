namespace OpsBot.Signals.Curves;

/// <summary>What may be wrong, or right again, with a training run.</summary>
public enum CurveAlertKind
{
    /// <summary>A metric became NaN or infinite.</summary>
    NonFinite,

    /// <summary>The loss went up and stays up, or the goal's metric fell far back.</summary>
    Divergence,

    /// <summary>The loss jumped. It may come back by itself.</summary>
    Spike,

    /// <summary>The loss is back where it was before the last spike or divergence.</summary>
    Recovered,

    /// <summary>The goal's metric no longer gets better.</summary>
    Plateau,

    /// <summary>No step for much longer than a step takes.</summary>
    Stalled,

    /// <summary>No step for hours, or for many times as long as ever before, while the scheduler says that the job runs.</summary>
    Hang,

    /// <summary>Steps take longer than before.</summary>
    Throughput,

    /// <summary>One rank is slower than the others, which wait for it.</summary>
    Straggler,

    /// <summary>Training still gets better while validation gets worse.</summary>
    Overfitting,

    /// <summary>The target will most likely not be reached within the budget.</summary>
    OffTarget,
}

/// <summary>One finding, raised once when it begins.</summary>
/// <param name="Message">A sentence for people, with the numbers that tell.</param>
/// <param name="Metric">The metric in the source's name; null where the finding is of the whole run.</param>
/// <param name="Step">The step at which it was seen.</param>
public sealed record CurveAlert(CurveAlertKind Kind, string Message, string? Metric, long Step);
