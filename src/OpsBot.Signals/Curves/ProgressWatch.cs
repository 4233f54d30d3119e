using System.Globalization;

namespace OpsBot.Signals.Curves;

/// <summary>Follows a metric of a run's progress, turned so that less is better, for a plateau and for overfitting.</summary>
internal sealed class ProgressWatch
{
    /// <summary>Values without a better one, and the share of all steps so far, that make a plateau.</summary>
    private const int PlateauValues = 10;
    private const double PlateauShare = 0.5;

    private const int OverfitValues = 5;

    /// <summary>How far validation is above its best, and training below where it was then, as shares.</summary>
    private const double OverfitWorse = 0.05;
    private const double OverfitBetter = 0.02;
    private const double OverfitSigmas = 4;

    public double Best { get; set; } = double.PositiveInfinity;

    public long BestStep { get; set; } = -1;

    /// <summary>The training's value when validation was best; NaN where it was not known.</summary>
    public double TrainingAtBest { get; set; } = double.NaN;

    public long First { get; set; } = -1;

    public long Last { get; set; } = -1;

    /// <summary>Values since the best one.</summary>
    public int Since { get; set; }

    public RecentValues Recent { get; set; } = new();

    public bool OnPlateau { get; set; }

    public bool Overfits { get; set; }

    /// <param name="training">The same metric in training, turned alike; NaN where it is not known.</param>
    /// <param name="isGoal">Whether a plateau of this metric matters.</param>
    public IEnumerable<CurveAlert> Take(string name, long step, double value, double training, bool isGoal)
    {
        if (!double.IsFinite(value) || step <= Last)
        {
            yield break;
        }

        First = First < 0 ? step : First;
        Last = step;
        Recent.Add(value);
        if (value < Best)
        {
            (Best, BestStep, TrainingAtBest, Since) = (value, step, training, 0);
            (OnPlateau, Overfits) = (false, false);
            yield break;
        }

        Since++;
        if (isGoal && !OnPlateau && Since >= PlateauValues && step - BestStep >= PlateauShare * (step - First))
        {
            OnPlateau = true;
            yield return new CurveAlert(
                CurveAlertKind.Plateau, string.Create(CultureInfo.InvariantCulture, $"{name} has not got better since step {BestStep} ({Math.Abs(Best):g4}), {Since} values ago."), name, step);
        }

        var worse = Recent.Median(3) - Best;
        if (!Overfits && Since >= OverfitValues && worse > Math.Max(OverfitWorse * Math.Abs(Best), OverfitSigmas * Recent.Jitter()) && TrainingAtBest - training > OverfitBetter * Math.Abs(TrainingAtBest))
        {
            Overfits = true;
            yield return new CurveAlert(
                CurveAlertKind.Overfitting,
                string.Create(CultureInfo.InvariantCulture, $"{name} gets worse since step {BestStep} (best {Math.Abs(Best):g4}, now {Math.Abs(value):g4}) while training still gets better: the model learns its training data by heart."),
                name, step);
        }
    }

    public void Restart() => (Last, Since) = (-1, 0);
}
