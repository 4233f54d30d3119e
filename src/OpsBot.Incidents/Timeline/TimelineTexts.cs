using System.Globalization;
using OpsBot.Contracts.Diagnoses;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Incidents;

namespace OpsBot.Incidents.Timeline;

/// <summary>The lines of a timeline. Plain and short; names from outside are cut, and surfaces escape them.</summary>
internal static class TimelineTexts
{
    private const int Title = 120;

    public static string Opened(IncidentAlert alert) => $"Opened by {Alert(alert)}";

    public static string AlertJoined(IncidentAlert alert, IncidentJoin join) =>
        $"{Status(alert.Status)}: {Alert(alert)} ({Reason(join)})";

    public static string AlertMoved(IncidentAlert alert, AlertStatus before) =>
        $"{Status(before)} → {Lower(alert.Status)}: {Alert(alert)}";

    public static string Storm(Incident incident) => $"{Alerts(incident)} so far: {Counts(incident)}";

    public static string Late(IncidentAlert alert, AlertReported late) =>
        $"Came late: {alert.Source} says that {PlainText.OneLine(alert.Title, Title)} was {Lower(late.Status)}; it is {Lower(alert.Status)} since";

    public static string Severity(SeverityLevel before, SeverityLevel after) =>
        $"Severity {(after < before ? "raised" : "lowered")} from {Word(before)} to {Word(after)}";

    public static string Resolved(Incident incident, string? by) =>
        by is null ? $"Resolved: {Alerts(incident)}, all resolved" : $"Resolved by {by} with {Counts(incident)}";

    public static string Reopened(IncidentAlert alert, bool stillFiring) =>
        stillFiring ? $"Reopened: still firing, {Alert(alert)}" : $"Reopened by {Alert(alert)}";

    public static string Acknowledged(string? by) => by is null ? "Acknowledged" : $"Acknowledged by {by}";

    public static string Unacknowledged(Incident incident) => $"No longer acknowledged: {Counts(incident)}";

    public static string DiagnosisAsked(int generation, string why) => $"Diagnosis {Number(generation)} asked for: {why}";

    public static string DiagnosisDone(int generation, DiagnosisReport report) => report.Abstained
        ? $"Diagnosis {Number(generation)} found no cause"
        : $"Diagnosis {Number(generation)}: {PlainText.OneLine(report.Causes[0].Statement, 200)}";

    public static string DiagnosisOvertaken(int generation) => $"Diagnosis {Number(generation)} ended after a newer one was asked for";

    public static string Change(DeployReported change, string relation)
    {
        var what = PlainText.OneLine(change.Title ?? change.Service ?? change.ChangeKey, Title);
        var version = PlainText.OneLineOrNull(change.Version ?? Short(change.Commit), 60);
        var author = PlainText.OneLineOrNull(change.Author, 60);
        return $"{change.Change} {Lower(change.Status)}: {what}{(version is null ? "" : $" {version}")}" +
            $"{(author is null ? "" : $" by {author}")} ({PlainText.OneLine(relation, 80)})";
    }

    public static string Full(int lines) => $"The timeline is full at {Number(lines)} lines; the counts go on";

    public static string Counts(Incident incident) =>
        string.Join(", ", new[] { (incident.Firing, "firing"), (incident.Acknowledged, "acknowledged"), (incident.Resolved, "resolved") }
            .Where(count => count.Item1 > 0).Select(count => $"{Number(count.Item1)} {count.Item2}"));

    public static string Alerts(Incident incident)
    {
        var all = incident.Firing + incident.Acknowledged + incident.Resolved;
        return all == 1 ? "1 alert" : $"{Number(all)} alerts";
    }

    public static string Word(SeverityLevel severity) => severity.ToString().ToLowerInvariant();

    private static string Alert(IncidentAlert alert) =>
        $"{alert.Source}: {PlainText.OneLine(alert.Title, Title)}" +
        (alert.Service is { } service && !alert.Title.Contains(service, StringComparison.OrdinalIgnoreCase)
            ? $" on {PlainText.OneLine(service, 60)}" : "");

    private static string Reason(IncidentJoin join) => join.Reason switch
    {
        "incident-key" => "same incident key",
        "fingerprint" => "same fingerprint",
        "score" => string.Create(CultureInfo.InvariantCulture, $"score {join.Score:0.00}"),
        var other => other,
    };

    private static string? Short(string? commit) => commit is { Length: > 12 } ? commit[..12] : commit;

    private static string Status(AlertStatus status) => status.ToString();

    private static string Lower<T>(T status)
        where T : struct, Enum => status.ToString().ToLowerInvariant();

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
