using System.Text;
using OpsBot.Contracts.Events;
using OpsBot.Ingress.Reading;

namespace OpsBot.Ingress.Grafana;

/// <summary>Legacy alerting (Grafana up to 8): one rule a body, no time in it.</summary>
internal static class LegacyGrafanaAlert
{
    public static Normalised Read(JsonView body)
    {
        if (StatusOf(body["state"]) is not { } status)
            return new Normalised.Nothing($"the rule is {body["state"].Text()}");
        var identity = Identity(body);
        var tags = Facts.Map(body["tags"], Bounds.Summary, Bounds.Description);
        return Normalised.Of(new AlertReported
        {
            Source = "grafana",
            Event = "rule",
            IncidentKey = identity,
            Fingerprint = identity,
            Status = status,
            Title = body["ruleName"].Text(Bounds.Title) ?? body["title"].Text(Bounds.Title) ?? "unnamed rule",
            Service = tags.GetValueOrDefault("service"),
            Severity = tags.GetValueOrDefault("severity"),
            Environment = tags.GetValueOrDefault("environment"),
            Summary = body["message"].Text(Bounds.Summary),
            Labels = tags,
            Links = new LinkList().Add(body["ruleUrl"]).Add(body["imageUrl"]).ToList(),
            Facts = new Facts()
                .Add("state", body["state"])
                .Add("groupTitle", body["title"])
                .Add("orgId", body["orgId"])
                .Add("ruleId", body["ruleId"])
                .Add("dashboardId", body["dashboardId"])
                .Add("panelId", body["panelId"])
                .Add("evalMatches", body["evalMatches"])
                .ToDictionary(),
        });
    }

    /// <summary>null for states that are neither: pending, paused, unknown.</summary>
    public static AlertStatus? StatusOf(JsonView state) => state.Text() switch
    {
        "alerting" or "no_data" or "error" => AlertStatus.Firing,
        "ok" or "normal" => AlertStatus.Resolved,
        "pending" or "paused" or "unknown" => null,
        null => throw state.Missing(),
        _ => throw state.Wrong("is not a state of a Grafana alert"),
    };

    // ruleId is unique in one Grafana; the page of the rule tells which Grafana
    private static string Identity(JsonView body)
    {
        var grafana = Uri.TryCreate(body["ruleUrl"].Text(Bounds.Url), UriKind.Absolute, out var url) ? url.Authority : "";
        var rule = body["ruleId"].Text() ?? body["ruleName"].RequiredText(Bounds.Title);
        return Bounds.Sha256(Encoding.UTF8.GetBytes($"{grafana}\n{body["orgId"].Text()}\n{rule}"))[..32];
    }
}
