using OpsBot.Ingress.Alertmanager;
using OpsBot.Ingress.Authentication;
using OpsBot.Ingress.CloudEvents;
using OpsBot.Ingress.GitHub;
using OpsBot.Ingress.Grafana;
using OpsBot.Ingress.Kubeflow;
using OpsBot.Ingress.Mapped;
using OpsBot.Ingress.Mlflow;
using OpsBot.Ingress.PagerDuty;
using OpsBot.Ingress.SageMaker;
using OpsBot.Ingress.Slurm;
using OpsBot.Ingress.Wandb;
using OpsBot.Ingress.Webhooks;

namespace OpsBot.Ingress;

/// <summary>The list of senders. Adding one is a folder, a line here and a property of <see cref="SendersOptions"/>; or a mapping, and no code.</summary>
internal static class Senders
{
    public static IReadOnlyList<SenderDefinition> All { get; } =
    [
        new("pagerduty", all => all.PagerDuty, _ => new PagerDutyFormat(), (own, _) => Signature("X-PagerDuty-Signature", "v1=", own)),
        new("alertmanager", all => all.Alertmanager, all => new AlertmanagerFormat(all.Alertmanager ?? new()), Token),
        new("grafana", all => all.Grafana, all => new GrafanaFormat(all.Grafana ?? new()), Token),
        new("github", all => all.GitHub, all => new GitHubFormat(all.GitHub ?? new()), (own, _) => Signature("X-Hub-Signature-256", "sha256=", own)),
        new("cloudevents", all => all.CloudEvents, _ => new CloudEventsFormat(), Token),
        new("slurm", all => all.Slurm, _ => new SlurmFormat(), Token),
        new("kubeflow", all => all.Kubeflow, _ => new KubeflowFormat(), Token),
        new("mlflow", all => all.Mlflow, _ => new MlflowFormat(), (own, clock) => new MlflowSignature(((MlflowOptions)own).Secrets, own.Insecure, clock)),
        new("wandb", all => all.Wandb, _ => new WandbFormat(), Token),
        new("sagemaker", all => all.SageMaker, _ => new SageMakerFormat(), Token),
    ];

    /// <summary>These and the mapped ones.</summary>
    public static IReadOnlyList<SenderDefinition> Known(SendersOptions options, MappingLibrary library) => [.. All, .. library.Senders(options)];

    /// <summary>Those that the configuration has a section for.</summary>
    public static IReadOnlyList<Sender> Configured(SendersOptions options, MappingLibrary library, TimeProvider clock) =>
    [
        .. Known(options, library).Where(sender => sender.Options(options) is not null)
            .Select(sender => new Sender(
                sender.Format(options), sender.Authentication(sender.Options(options)!, clock), sender.Options(options)!)),
    ];

    private static HmacSignature Signature(string header, string prefix, SenderOptions own) =>
        new(new SignatureScheme(header, prefix), ((SigningSenderOptions)own).Secrets, own.Insecure);

    private static TokenAuthentication Token(SenderOptions own, TimeProvider clock) => new((TokenSenderOptions)own);
}

/// <summary>One line of <see cref="Senders.All"/>.</summary>
/// <param name="Source">The name in the route, in the configuration and in <c>messages.source</c>.</param>
/// <param name="Options">Its section; null where it is not configured.</param>
/// <param name="Format">Made for every sender, because the quarantine may hold bodies of one that is no longer configured.</param>
/// <param name="Authentication">Made from its section.</param>
internal sealed record SenderDefinition(
    string Source,
    Func<SendersOptions, SenderOptions?> Options,
    Func<SendersOptions, WebhookFormat> Format,
    Func<SenderOptions, TimeProvider, IAuthentication> Authentication);
