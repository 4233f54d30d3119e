using OpsBot.Ingress.Alertmanager;

namespace OpsBot.Ingress.Grafana;

// senders:
//   grafana:
//     bearer: "..."                               # contact point: Authorization Header, scheme Bearer
//     basic: { user: grafana, password: "..." }   # or its basic authentication
//     serviceLabels: [ service, service_name, app ]

/// <summary>Grafana's webhook contact point, and the notification channel of legacy alerting.</summary>
public sealed class GrafanaOptions : LabelledSenderOptions;
