using OpsBot.Contracts.Events;
using OpsBot.Ingress.Alertmanager;
using OpsBot.Ingress.Reading;
using OpsBot.Ingress.Webhooks;

namespace OpsBot.Ingress.Grafana;

/// <summary>
/// Grafana's webhook contact point (grafana.com/docs, "webhook notifier"): Alertmanager's group with values and links; the same without
/// <c>alerts[]</c>, as custom templates make it; and the notification channel of legacy alerting.
/// </summary>
internal sealed class GrafanaFormat(GrafanaOptions options) : WebhookFormat
{
    private readonly AlertGroupReader _groups = new("grafana", "group", options);

    public override string Source => "grafana";

    public override Normalised Normalise(WebhookHeaders headers, JsonView body)
    {
        if (body["alerts"].Exists)
            return _groups.Read(body);
        if (body["ruleId"].Exists || body["ruleName"].Exists)
            return LegacyGrafanaAlert.Read(body);
        return GroupStatus(body) is { } status
            ? Normalised.Of(WithMessage(_groups.ReadGroup(body, status), body["message"].Text(Bounds.Description)))
            : new Normalised.Nothing("the alert is neither firing nor resolved");
    }

    private static AlertStatus? GroupStatus(JsonView body) => body["status"].Text() switch
    {
        "firing" => AlertStatus.Firing,
        "resolved" => AlertStatus.Resolved,
        null => LegacyGrafanaAlert.StatusOf(body["state"]),
        _ => throw body["status"].Wrong("is neither firing nor resolved"),
    };

    private static AlertReported WithMessage(AlertReported alert, string? message) =>
        alert with { Description = alert.Description ?? message };
}
