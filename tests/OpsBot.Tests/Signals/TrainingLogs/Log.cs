using OpsBot.Contracts.Training;
using OpsBot.Signals.TrainingLogs;

namespace OpsBot.Tests.Signals.TrainingLogs;

/// <summary>Reads a log line by line.</summary>
internal static class Log
{
    public static IReadOnlyList<CurvePoint> Points(params string[] lines)
    {
        var points = new List<CurvePoint>();
        var state = TrainingLogState.Start;
        foreach (var line in lines)
        {
            (var point, state) = TrainingLogLine.Read(line, state);
            if (point is not null)
                points.Add(point);
        }

        return points;
    }

    /// <summary>Step and value of one metric, as text: <c>"10:2.5 20:2.4"</c>.</summary>
    public static string Curve(string metric, params string[] lines) => string.Join(
        ' ', Points(lines).Where(point => point.Values.ContainsKey(metric))
            .Select(point => FormattableString.Invariant($"{point.Step}:{point.Values[metric]}")));
}
