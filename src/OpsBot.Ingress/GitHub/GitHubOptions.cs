using System.ComponentModel.DataAnnotations;

namespace OpsBot.Ingress.GitHub;

// senders:
//   github:
//     secrets: [ "..." ]                    # the secret of the webhook or the app
//     maxBodyMiB: 25                        # GitHub sends at most 25 MB
//     services: { "acme/cart": cart }       # repository -> service; without an entry the service is the repository
//     deployWorkflows: [ deploy ]           # Actions workflows (name or file name) that change production

/// <summary>GitHub webhooks: deployments, Actions, releases, pushes.</summary>
public sealed class GitHubOptions : SigningSenderOptions
{
    [Range(1, 100)]
    public override int MaxBodyMiB { get; set; } = 25;

    /// <summary>Service by repository (<c>owner/name</c>, any case).</summary>
    public Dictionary<string, string> Services { get; set; } = [];

    /// <summary>Workflows whose runs are deploys; every other run is a build.</summary>
    public List<string> DeployWorkflows { get; set; } = [];
}
