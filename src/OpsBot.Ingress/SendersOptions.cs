using System.ComponentModel.DataAnnotations;
using OpsBot.Ingress.Alertmanager;
using OpsBot.Ingress.CloudEvents;
using OpsBot.Ingress.GitHub;
using OpsBot.Ingress.Grafana;
using OpsBot.Ingress.Kubeflow;
using OpsBot.Ingress.Mapped;
using OpsBot.Ingress.Mlflow;
using OpsBot.Ingress.PagerDuty;
using OpsBot.Ingress.Polls;
using OpsBot.Ingress.SageMaker;
using OpsBot.Ingress.Slurm;
using OpsBot.Ingress.Wandb;

namespace OpsBot.Ingress;

// senders:
//   maxInFlightMiB: 256          # bodies held in memory at once; beyond it senders are told 503 and try again
//   pagerduty:    { secrets: [ "..." ] }
//   alertmanager: { bearer: "..." }
//   grafana:      { basic: { user: grafana, password: "..." } }
//   github:       { secrets: [ "..." ], services: { "acme/cart": cart }, deployWorkflows: [ deploy ] }
//   cloudevents:  { bearer: "..." }
//   slurm, kubeflow, wandb, sagemaker: { bearer: "..." }
//   mlflow:       { secrets: [ "..." ] }
//   polls:        [ { source: slurm, run: [squeue, --json] } ]   # PollOptions
//   mapped:       { datadog: { bearer: "..." } }       # any other, read by a mapping
//   include:      [ senders/*.yaml ]                   # files with mappings of one's own

/// <summary>Who may send. A sender that is null is not configured and has no endpoint.</summary>
public sealed class SendersOptions
{
    public const string Section = "senders";

    /// <summary>Bytes of bodies in memory at once, in MiB. One sender's are at most three quarters of it, so that another always gets in.</summary>
    [Range(32, 16_384)]
    public int MaxInFlightMiB { get; set; } = 256;

    public PagerDutyOptions? PagerDuty { get; set; }

    public AlertmanagerOptions? Alertmanager { get; set; }

    public GrafanaOptions? Grafana { get; set; }

    public GitHubOptions? GitHub { get; set; }

    public CloudEventsOptions? CloudEvents { get; set; }

    public SlurmOptions? Slurm { get; set; }

    public KubeflowOptions? Kubeflow { get; set; }

    public MlflowOptions? Mlflow { get; set; }

    public WandbOptions? Wandb { get; set; }

    public SageMakerOptions? SageMaker { get; set; }

    /// <summary>Senders that do not send and are asked.</summary>
    [MaxLength(50)]
    public List<PollOptions> Polls { get; set; } = [];

    /// <summary>Senders by name that a mapping reads. The name is that of the route: <c>/webhooks/NAME</c>.</summary>
    [MaxLength(100)]
    public Dictionary<string, MappedSenderOptions> Mapped { get; set; } = [];

    /// <summary>Mappings by name, besides those that ship. One of the same name replaces one that ships.</summary>
    [MaxLength(200)]
    public Dictionary<string, MappingOptions> Mappings { get; set; } = [];

    /// <summary>Files with a map <c>mappings</c> of their own, relative to the configuration file; <c>*</c> stands for any part of a file's name.</summary>
    [MaxLength(100)]
    public List<string> Include { get; set; } = [];
}

/// <summary>What every sender can be told.</summary>
public abstract class SenderOptions
{
    /// <summary>True accepts deliveries without any proof of who sent them. Only for a network that nobody else reaches.</summary>
    public bool Insecure { get; set; }

    /// <summary>Largest body, before and after decompression, in MiB.</summary>
    [Range(1, 100)]
    public virtual int MaxBodyMiB { get; set; } = 8;
}

/// <summary>A sender that signs its bodies.</summary>
public abstract class SigningSenderOptions : SenderOptions
{
    /// <summary>Shared secrets; any of them may have signed, so that one can be rotated without losing a delivery.</summary>
    public List<string> Secrets { get; set; } = [];
}

/// <summary>A sender that shows a bearer token, or a user and password.</summary>
public abstract class TokenSenderOptions : SenderOptions
{
    /// <summary>The token after <c>Authorization: Bearer</c>.</summary>
    public string? Bearer { get; set; }

    public BasicCredentials? Basic { get; set; }
}

/// <summary>User and password of HTTP basic authentication.</summary>
public sealed class BasicCredentials
{
    public string User { get; set; } = "";

    public string Password { get; set; } = "";
}
