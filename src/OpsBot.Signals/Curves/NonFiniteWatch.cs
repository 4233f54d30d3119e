using System.Globalization;

namespace OpsBot.Signals.Curves;

/// <summary>Names a metric that becomes NaN or infinite, at once and once.</summary>
internal sealed class NonFiniteWatch
{
    /// <summary>Metrics that are not finite now.</summary>
    public List<string> Now { get; set; } = [];

    /// <param name="values">Name, role and value of what was measured.</param>
    public CurveAlert? Take(long step, IReadOnlyList<(string Name, CurveRole Role, double Value)> values)
    {
        // a scaler of half precision tries a scale that overflows now and then, skips the step and goes on: no fault of the run
        var wasSkipped = values.Any(value => value is { Role: CurveRole.SkippedSteps, Value: > 0 });
        (string Name, double Value)? first = null;
        foreach (var (name, role, value) in values)
        {
            if (double.IsFinite(value))
            {
                Now.Remove(name);
            }
            else if (!(wasSkipped && role == CurveRole.GradientNorm) && !Now.Contains(name))
            {
                Now.Add(name);
                first ??= (name, value);
            }
        }

        return first is not { } found ? null : new CurveAlert(
            CurveAlertKind.NonFinite, string.Create(CultureInfo.InvariantCulture, $"{found.Name} is {(double.IsNaN(found.Value) ? "not a number" : "infinite")} at step {step}."), found.Name, step);
    }
}
