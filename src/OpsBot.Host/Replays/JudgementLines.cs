using System.Text.Json;
using OpsBot.Contracts;
using OpsBot.Signals.Curves;

namespace OpsBot.Host.Replays;

/// <summary>
/// One JSON object a line: <c>{"step","fraction","pReach","expectedStep","alerts":[{"kind","message","metric"}],"notes":[…],"fault"}</c>.
/// <c>alerts</c> holds the kinds that the case format knows; what else is worth knowing stands in <c>notes</c> in the same form.
/// </summary>
internal static class JudgementLines
{
    public static void Write(RecordedRun run, TextWriter output)
    {
        foreach (var (judgement, fault) in run.Judge())
        {
            var line = new Dictionary<string, object?> { ["step"] = judgement.Step, ["fraction"] = judgement.Fraction };
            // no target, no probability
            if (judgement.PReach is { } reach)
            {
                line["pReach"] = Math.Round(reach, 6);
                line["expectedStep"] = judgement.ExpectedStep;
            }

            line["alerts"] = Shown(judgement.Alerts.Where(alert => !IsNote(alert.Kind)));
            if (judgement.Alerts.Any(alert => IsNote(alert.Kind)))
            {
                line["notes"] = Shown(judgement.Alerts.Where(alert => IsNote(alert.Kind)));
            }

            if (fault is not null)
            {
                line["fault"] = fault;
            }

            output.WriteLine(JsonSerializer.Serialize(line, OpsBotJson.Options));
        }
    }

    private static List<object> Shown(IEnumerable<CurveAlert> alerts) =>
        [.. alerts.Select(alert => new { alert.Kind, alert.Message, alert.Metric })];

    private static bool IsNote(CurveAlertKind kind) => kind is CurveAlertKind.Recovered or CurveAlertKind.Straggler or CurveAlertKind.Overfitting;
}
