using System.Globalization;
using System.Text.RegularExpressions;
using OpsBot.Contracts.Training;
using OpsBot.Signals.TrainingLogs;

namespace OpsBot.Signals.Curves;

/// <summary>Judges a recorded run as if it came in now.</summary>
public static partial class CurveReplay
{
    /// <summary>One judgement a point, in the order of the points.</summary>
    public static IEnumerable<CurveJudgement> OfPoints(IEnumerable<CurvePoint> points, CurveGoal goal, CurveJudgeOptions? options = null)
    {
        var judge = new CurveJudge(goal, options);
        foreach (var point in points)
        {
            yield return judge.Take(point);
        }
    }

    /// <summary>
    /// One judgement a line that measures something, and one wherever lines that go on without measuring tell, by their own times, that the
    /// run is quiet. What faults the lines tell of stands beside.
    /// </summary>
    public static IEnumerable<(CurveJudgement Judgement, TrainingFault? Fault)> OfLog(IEnumerable<string> lines, CurveGoal goal, CurveJudgeOptions? options = null)
    {
        var judge = new CurveJudge(goal, options);
        var state = TrainingLogState.Start;
        DateTimeOffset? since = null;
        long step = 0;
        foreach (var line in lines)
        {
            (var point, state) = TrainingLogLine.Read(line, state);
            if (point is not null)
            {
                step = point.Step;
                // the step was made before the first time that is written behind it
                since = point.At ?? TimeOf(line);
                yield return (judge.Take(point with { At = since }), null);
                continue;
            }

            if (TrainingFaultLine.Read(line) is { } fault)
            {
                yield return (new CurveJudgement(step, null, null, null, []), fault);
            }

            if (TimeOf(line) is not { } now)
            {
                continue;
            }

            since ??= now;
            var quiet = judge.Quiet(now - since.Value, SaysThatItRuns().IsMatch(line));
            if (quiet.Alerts.Count > 0)
            {
                yield return (quiet, null);
            }
        }
    }

    private static DateTimeOffset? TimeOf(string line)
    {
        var found = Time().Match(line);
        return found.Success
            && DateTimeOffset.TryParse(found.ValueSpan, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
                ? time : null;
    }

    [GeneratedRegex(@"(?<=^.{0,40})\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,7})?(?:Z|[+-]\d\d:?\d\d)?", RegexOptions.None, 5_000)]
    private static partial Regex Time();

    [GeneratedRegex(@"\b(?:is running|RUNNING|running for)\b", RegexOptions.None, 5_000)]
    private static partial Regex SaysThatItRuns();
}
