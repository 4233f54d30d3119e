using OpsBot.Contracts.Events;
using OpsBot.Ingress.Reading;

namespace OpsBot.Ingress.CloudEvents;

/// <summary>An alert of any sender: docs/events/opsbot.alert.v1.schema.json.</summary>
internal static class AlertV1
{
    public const string Type = "opsbot.alert.v1";

    private static readonly Dictionary<string, AlertStatus> Statuses = new()
    {
        ["firing"] = AlertStatus.Firing,
        ["acknowledged"] = AlertStatus.Acknowledged,
        ["resolved"] = AlertStatus.Resolved,
    };

    public static Normalised Read(CloudEvent happened)
    {
        var data = happened.Data;
        var key = happened.Key;
        return Normalised.Of(new AlertReported
        {
            Source = "cloudevents",
            Event = Type,
            IncidentKey = key,
            Fingerprint = data["fingerprint"].Key() ?? key,
            Status = CloudEvent.Word(data["status"], Statuses),
            Title = data["title"].RequiredText(Bounds.Title),
            Service = data["service"].Text(),
            Severity = data["severity"].Text(),
            Environment = data["environment"].Text(),
            Summary = data["summary"].Text(Bounds.Summary),
            Description = data["description"].Text(Bounds.Description),
            Expression = data["expression"].Text(Bounds.Description),
            Labels = Facts.Map(data["labels"], Bounds.Summary, Bounds.Diff),
            Annotations = Facts.Map(data["annotations"], Bounds.Description, Bounds.Diff),
            OccurredAt = happened.Time,
            StartedAt = data["startedAt"].Time(),
            EndedAt = data["endedAt"].Time(),
            Links = happened.Links,
            RunbookUrl = data["runbookUrl"].Text(Bounds.Url) is { } runbook && LinkList.IsWeb(runbook) ? runbook : null,
            GroupKey = data["groupKey"].Text(Bounds.Summary),
            Facts = happened.Facts,
        });
    }
}
