using System.Globalization;
using System.Text;
using OpsBot.Contracts.Diagnoses;
using OpsBot.Contracts.Incidents;

namespace OpsBot.Incidents.Timeline;

/// <summary>What is said in the thread. Plain text; surfaces escape it.</summary>
internal static class ReplyTexts
{
    public const string Last = "Further changes are shown on the card only.";

    public static string Severity(SeverityLevel before, SeverityLevel after, IncidentAlert by) =>
        $"Severity raised from {TimelineTexts.Word(before)} to {TimelineTexts.Word(after)} by {by.Source}: {PlainText.OneLine(by.Title, 120)}";

    public static string Acknowledged(string? by) => by is null ? "Acknowledged." : $"Acknowledged by {by}.";

    public static string Resolved(Incident incident, string? by) => by is null
        ? $"Resolved after {Duration(incident)}. {TimelineTexts.Alerts(incident)}, all resolved by their senders."
        : $"Resolved by {by} after {Duration(incident)}. Alerts: {TimelineTexts.Counts(incident)}.";

    public static string Reopened(IncidentAlert by, IncidentStatus status, bool stillFiring) =>
        $"Reopened{(status == IncidentStatus.Acknowledged ? ", acknowledged already" : "")}: {PlainText.OneLine(by.Title, 120)} "
        + (stillFiring ? "still fires." : "fires again.");

    public static string Flapping(IncidentAlert by, int returns) => string.Create(
        CultureInfo.InvariantCulture,
        $"Flapping: {PlainText.OneLine(by.Title, 120)} fires again soon after each resolve, {returns} times so far. Until it has stayed resolved for a while, the card alone follows it.");

    public static string Diagnosis(DiagnosisReport report)
    {
        var text = new StringBuilder(PlainText.OneLine(report.SummaryWithoutRunbook(), 600));
        foreach (var cause in report.Causes.Take(3))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{cause.Rank}. {PlainText.OneLine(cause.Statement, 200)} ({cause.Confidence * 100:0} %)");
            if (cause.Evidence.Count > 0)
                text.Append(" [").AppendJoin(", ", cause.Evidence.Take(5).Select(id => PlainText.OneLine(id, 12))).Append(']');
        }

        if (report.Runbook is { } runbook)
            text.Append("\nRunbook: ").Append(PlainText.OneLine(runbook.Title, 120)).Append(". First: ").Append(PlainText.OneLine(runbook.FirstStep, 200));
        return text.ToString();
    }

    private static string Duration(Incident incident)
    {
        var length = (incident.ResolvedAt ?? incident.LastEventAt) - incident.StartedAt;
        return length switch
        {
            { TotalMinutes: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, (int)length.TotalSeconds)} s"),
            { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)length.TotalMinutes} min"),
            { TotalDays: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)length.TotalHours} h {length.Minutes} min"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{(int)length.TotalDays} d {length.Hours} h"),
        };
    }
}
