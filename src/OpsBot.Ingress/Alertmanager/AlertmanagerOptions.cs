namespace OpsBot.Ingress.Alertmanager;

// senders:
//   alertmanager:
//     bearer: "..."                                  # http_config.authorization.credentials of the receiver
//     basic: { user: alertmanager, password: "..." } # or http_config.basic_auth
//     serviceLabels: [ service, service_name, app ]
//     environmentLabels: [ environment, env ]

/// <summary>Prometheus Alertmanager, webhook version 4.</summary>
public sealed class AlertmanagerOptions : LabelledSenderOptions;

/// <summary>A sender whose alerts are sets of labels.</summary>
public abstract class LabelledSenderOptions : TokenSenderOptions
{
    /// <summary>Labels that name the service, the first that an alert has. Default <see cref="AlertLabels.Service"/>.</summary>
    public List<string> ServiceLabels { get; set; } = [];

    /// <summary>Labels that name the environment, the first that an alert has. Default <see cref="AlertLabels.Environment"/>.</summary>
    public List<string> EnvironmentLabels { get; set; } = [];
}

/// <summary>The labels that mean something to us where the configuration does not say.</summary>
public static class AlertLabels
{
    public static IReadOnlyList<string> Service { get; } =
        ["service", "service_name", "app", "application", "app_kubernetes_io_name", "pipeline_name"];

    public static IReadOnlyList<string> Environment { get; } = ["environment", "env", "deployment_environment"];
}
