using OpsBot.Ingress.Reading;
using OpsBot.Ingress.Webhooks;

namespace OpsBot.Ingress.Alertmanager;

/// <summary>Alertmanager's webhook, version 4 (prometheus.io/docs/alerting/latest/configuration/#webhook_config): a group of alerts a body.</summary>
internal sealed class AlertmanagerFormat(AlertmanagerOptions options) : WebhookFormat
{
    private readonly AlertGroupReader _groups = new("alertmanager", "group", options);

    public override string Source => "alertmanager";

    public override Normalised Normalise(WebhookHeaders headers, JsonView body) =>
        body["alerts"].Exists ? _groups.Read(body) : throw body["alerts"].Missing();
}
