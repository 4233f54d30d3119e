using OpsBot.Contracts.Events;
using OpsBot.Ingress.Reading;
using OpsBot.Ingress.Webhooks;

namespace OpsBot.Ingress.PagerDuty;

/// <summary>
/// PagerDuty webhooks V3 (developer.pagerduty.com/docs/webhooks-overview): one event a body. An event whose data is the incident
/// tells its status; notes, responders and status updates only refer to an incident and tell none, so they change nothing here.
/// </summary>
internal sealed class PagerDutyFormat : WebhookFormat
{
    public override string Source => "pagerduty";

    public override string? DeliveryKey(WebhookHeaders headers, JsonView body) => body["event"]["id"].Key();

    public override Normalised Normalise(WebhookHeaders headers, JsonView body)
    {
        var happened = body["event"];
        if (!happened.Exists)
        {
            throw body["messages"].Exists
                ? body["messages"].Wrong("is a V2 webhook; make a V3 webhook subscription in PagerDuty")
                : happened.Missing();
        }

        var type = happened["event_type"].RequiredText();
        if (!type.StartsWith("incident.", StringComparison.Ordinal))
            return new Normalised.Nothing($"{type} is about no incident");
        var incident = happened["data"];
        if (incident["type"].Text() is { } kind && kind != "incident")
            return new Normalised.Nothing($"{type} carries {kind}, which states no status");
        return StatusOf(type, incident["status"]) is { } status
            ? Normalised.Of(Alert(happened, type, incident, status))
            : new Normalised.Nothing($"{type} states no status");
    }

    private AlertReported Alert(JsonView happened, string type, JsonView incident, AlertStatus status)
    {
        var title = incident["title"].Text(Bounds.Title) ?? incident["summary"].Text(Bounds.Title) ?? "PagerDuty incident";
        var service = incident["service"]["summary"].Text();
        var incidentKey = incident["incident_key"].Key();
        var occurredAt = happened["occurred_at"].Time();
        return new AlertReported
        {
            Source = Source,
            Event = type,
            IncidentKey = incident["id"].RequiredKey(),
            KeyNamesOneIncident = true,
            Fingerprint = PagerDutyFingerprint.Of(incidentKey, incident["service"]["id"].Text() ?? service, title),
            Status = status,
            Title = title,
            Service = service,
            Severity = incident["priority"]["summary"].Text() ?? incident["urgency"].Text(),
            OccurredAt = occurredAt,
            StartedAt = incident["created_at"].Time(),
            EndedAt = status == AlertStatus.Resolved ? incident["resolved_at"].Time() ?? (type == "incident.resolved" ? occurredAt : null) : null,
            Links = new LinkList().Add(incident["html_url"]).ToList(),
            GroupKey = incidentKey,
            Facts = FactsOf(happened, incident),
        };
    }

    private static IReadOnlyDictionary<string, string> FactsOf(JsonView happened, JsonView incident) => new Facts()
        .Add("deliveryId", happened["id"])
        .Add("incidentKey", incident["incident_key"])
        .Add("number", incident["number"])
        .Add("urgency", incident["urgency"])
        .Add("priority", incident["priority"]["summary"])
        .Add("serviceId", incident["service"]["id"])
        .Add("escalationPolicy", incident["escalation_policy"]["summary"])
        .Add("assignees", Names(incident["assignees"]))
        .Add("teams", Names(incident["teams"]))
        .Add("agent", happened["agent"]["summary"])
        .Add("client", happened["client"]["name"])
        .Add("clientUrl", happened["client"]["url"], Bounds.Url)
        .Add("conferenceUrl", incident["conference_bridge"]["conference_url"])
        .Add("incidentType", incident["incident_type"]["name"])
        .Add("resolveReason", incident["resolve_reason"])
        .ToDictionary();

    private static string Names(JsonView references) =>
        string.Join(", ", references.Items().Take(Bounds.Links).Select(reference => reference["summary"].Text()).OfType<string>());

    private static AlertStatus? StatusOf(string type, JsonView status) => status.Text() switch
    {
        "triggered" => AlertStatus.Firing,
        "acknowledged" => AlertStatus.Acknowledged,
        "resolved" => AlertStatus.Resolved,
        null => type switch
        {
            "incident.triggered" or "incident.unacknowledged" or "incident.reopened" => AlertStatus.Firing,
            "incident.acknowledged" => AlertStatus.Acknowledged,
            "incident.resolved" => AlertStatus.Resolved,
            _ => null,
        },
        _ => throw status.Wrong("is not triggered, acknowledged or resolved"),
    };
}
