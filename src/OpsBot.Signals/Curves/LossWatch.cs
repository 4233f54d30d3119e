using System.Globalization;

namespace OpsBot.Signals.Curves;

/// <summary>
/// Follows one metric, turned so that less is better, for jumps that come back (spike), for rises that go on and for jumps that stay
/// (divergence). A jump is measured against the median of the last values and their spread, so that neither the metric's unit nor a slow
/// rise of a validation loss counts.
/// </summary>
internal sealed class LossWatch
{
    /// <summary>With fewer values before nothing can be said.</summary>
    private const int Fewest = 3;

    /// <summary>From here on the spread of the values before is known well enough to be trusted.</summary>
    private const int Enough = 8;

    private const double JumpOfFew = 0.5;
    private const double Jump = 0.3;
    private const double JumpSigmas = 8;
    private const double RiseOfFew = 0.35;
    private const double Rise = 0.6;
    private const double RiseSigmas = 10;
    private const int Rises = 3;

    /// <summary>Values after a jump that decide whether it stays: a validation is rare and already an average.</summary>
    private const int StaysFor = 20;
    private const int StaysForEvaluations = 8;

    /// <summary>A jump that neither stays up nor comes back for so long is the new normal.</summary>
    private const int Forgotten = 200;

    public RecentValues Before { get; set; } = new();

    public RecentValues After { get; set; } = new();

    public long Last { get; set; } = -1;

    /// <summary>Where it was before the jump.</summary>
    public double Level { get; set; }

    /// <summary>How far it must be above to count as jumped.</summary>
    public double Need { get; set; }

    /// <summary>Values since the jump; 0 where there was none.</summary>
    public int Since { get; set; }

    /// <summary>The middle of what came right after the jump.</summary>
    public double Height { get; set; }

    public bool Diverged { get; set; }

    /// <summary>The jump was told of by another metric; its end is told there too.</summary>
    public bool IsSilent { get; set; }

    public CurveAlert? Take(string name, CurveMetric metric, long step, double raw)
    {
        var value = metric.Turned(raw);
        if (!double.IsFinite(value) || step <= Last)
        {
            return null;
        }

        Last = step;
        return Since > 0 ? Jumped(name, metric, step, value, raw) : Ordinary(name, metric, step, value, raw);
    }

    /// <summary>The run went back to a checkpoint: what came before no longer leads to what comes now.</summary>
    public void Restart()
    {
        Before.Clear();
        After.Clear();
        (Since, Diverged, Last) = (0, false, -1);
    }

    private CurveAlert? Ordinary(string name, CurveMetric metric, long step, double value, double raw)
    {
        var n = Before.Count;
        if (n >= Fewest)
        {
            var level = Before.Median(Enough);
            var few = n < Enough;
            var need = few ? JumpOfFew * Math.Abs(level) : Math.Max(Jump * Math.Abs(level), JumpSigmas * Before.Sigma());
            var isHigh = value > Before.Values.TakeLast(Enough).Max();
            if (isHigh && need > 0 && value - level > need)
            {
                Begin(level, need, value);
                var moved = metric.Role == CurveRole.Score ? "fell" : "jumped";
                return new CurveAlert(CurveAlertKind.Spike, Text($"{name} {moved} from about {Math.Abs(level):g4} to {raw:g4} at step {step}."), name, step);
            }

            if (isHigh && IsRising(value))
            {
                var from = Before[n - Rises];
                Begin(level, RiseOfFew * Math.Abs(level), value);
                Diverged = true;
                return new CurveAlert(CurveAlertKind.Divergence, Text($"{name} {(metric.Role == CurveRole.Score ? "falls" : "rises")} step after step, from {Math.Abs(from):g4} to {raw:g4} at step {step}."), name, step);
            }
        }

        Before.Add(value);
        return null;
    }

    private bool IsRising(double value)
    {
        var n = Before.Count;
        var from = Before[n - Rises];
        for (var i = n - Rises; i < n; i++)
        {
            if ((i + 1 < n ? Before[i + 1] : value) <= Before[i])
            {
                return false;
            }
        }

        // a rise that slows down is not one that runs away
        var speedsUp = value - Before[n - 1] > Before[n - Rises + 1] - from;
        return speedsUp && (n < Enough
            ? value - from >= RiseOfFew * Math.Abs(from)
            : value - from >= Math.Max(Rise * Math.Abs(from), RiseSigmas * Before.Sigma(Rises)));
    }

    private void Begin(double level, double need, double value)
    {
        (Level, Need, Since, Height, Diverged, IsSilent) = (level, need, 1, value, false, false);
        After.Clear();
        After.Add(value);
    }

    private CurveAlert? Jumped(string name, CurveMetric metric, long step, double value, double raw)
    {
        Since++;
        After.Add(value);
        if (value <= Level + (Need / 2))
        {
            var since = Since;
            Since = 0;
            Before.Add(value);
            return IsSilent ? null : new CurveAlert(CurveAlertKind.Recovered, Text($"{name} is back at {raw:g4} at step {step}, {since} values after it had left about {Math.Abs(Level):g4}."), name, step);
        }

        var wait = metric.IsValidation ? StaysForEvaluations : StaysFor;
        if (Since == wait / 2)
        {
            Height = After.Median();
        }

        if (!Diverged && Since == wait && After.Median(wait / 2) - Level >= 0.7 * (Height - Level))
        {
            Diverged = true;
            return new CurveAlert(CurveAlertKind.Divergence, Text($"{name} left about {Math.Abs(Level):g4} {wait} values ago and stays away, now {raw:g4} at step {step}."), name, step);
        }

        if (Since > Forgotten && !Diverged)
        {
            Before.Clear();
            After.Values.ForEach(Before.Add);
            Since = 0;
        }

        return null;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
