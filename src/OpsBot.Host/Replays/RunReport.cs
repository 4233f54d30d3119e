using System.Globalization;
using OpsBot.Chat.Cards;
using OpsBot.Signals.Curves;
using OpsBot.Signals.TrainingLogs;

namespace OpsBot.Host.Replays;

/// <summary>A recorded run for people: the curve as a line of blocks, what was found, and what is to be expected.</summary>
internal static class RunReport
{
    private const int Width = 60;
    private const int MostFindings = 50;

    public static void Write(RecordedRun run, TextWriter output)
    {
        var judgements = new List<CurveJudgement>();
        var findings = new List<(long Step, string Kind, string Text)>();
        foreach (var (judgement, fault) in run.Judge())
        {
            judgements.Add(judgement);
            findings.AddRange(judgement.Alerts.Select(alert => (alert.Step, alert.Kind.ToString(), alert.Message)));
            if (fault is not null)
            {
                findings.Add((judgement.Step, fault.Kind.ToString(), $"{fault.Meaning} {fault.Advice}"));
            }
        }

        Curve(run, output);
        if (judgements.Count == 0)
        {
            output.WriteLine("Nothing was measured.");
            return;
        }

        var last = judgements[^1];
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{judgements.Count} points up to step {last.Step}{(last.Fraction is { } share ? $", {share:p0} of the budget" : "")}."));
        if (last.PReach is { } reach)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"Reaches {Text(run.Goal.Metric)} {(run.Goal.Direction == GoalDirection.Min ? "<=" : ">=")} {run.Goal.Target:g6}: {reach:p0}{(last.ExpectedStep is { } step ? $", about step {step}" : "")}."));
        }

        foreach (var (step, kind, text) in findings.Take(MostFindings))
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {step,9}  {kind,-12} {Text(text)}"));
        }

        output.WriteLine(findings.Count switch { 0 => "  nothing went wrong", > MostFindings => $"  and {findings.Count - MostFindings} more", _ => "" });
    }

    private static void Curve(RecordedRun run, TextWriter output)
    {
        var name = run.Goal.Metric;
        var points = run.Points.Count > 0 ? run.Points : Points(run.Lines);
        name ??= points.SelectMany(point => point.Values.Keys).FirstOrDefault(key => key.Contains("loss", StringComparison.OrdinalIgnoreCase) && !key.Contains("scale", StringComparison.OrdinalIgnoreCase));
        var values = name is null ? [] : points.Where(point => point.Values.ContainsKey(name)).Select(point => point.Values[name]).ToList();
        if (values.Count > 0)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Text(name)} {Sparkline.Of(values, Width)} {values[0]:g4} → {values[^1]:g4}"));
        }
    }

    private static List<Contracts.Training.CurvePoint> Points(IReadOnlyList<string> lines)
    {
        var points = new List<Contracts.Training.CurvePoint>();
        var state = TrainingLogState.Start;
        foreach (var line in lines)
        {
            (var point, state) = TrainingLogLine.Read(line, state);
            points.AddRange(point is null ? [] : [point]);
        }

        return points;
    }

    private static string Text(string? text) => PlainText.Block(text ?? "", 500).Value;
}
