using Microsoft.Extensions.Options;
using OpsBot.Evidence;
using OpsBot.Evidence.Bundle;

namespace OpsBot.Host.Serving;

/// <summary>Incident bundles that live diagnoses read beside everything else: a recorded environment, as the demo's.</summary>
/// <remarks>
/// <code>
/// evidence.bundles:
///   folders: [ /var/lib/opsbot/recorded ]
/// </code>
/// </remarks>
public sealed class BundleEvidenceOptions
{
    /// <summary>Folders that hold an <c>incident.json</c>.</summary>
    public List<string> Folders { get; set; } = [];
}

internal static class BundleEvidence
{
    public static IServiceCollection AddBundles(this IServiceCollection services)
    {
        // The sources of a bundle are known only when it is opened: one source of ours stands for all of them.
        services.AddSingleton<IEvidenceSource, BundlesSource>();
        return services;
    }

    private sealed class BundlesSource(IOptions<BundleEvidenceOptions> options) : IEvidenceSource
    {
        public string Name => "bundles";

        public async Task<Observations> CollectAsync(EvidenceRequest request, CancellationToken cancellationToken)
        {
            var seen = Observations.None;
            foreach (var folder in options.Value.Folders)
            {
                foreach (var source in IncidentBundle.Open(folder).Sources)
                {
                    seen = seen.With(await source.CollectAsync(request, cancellationToken));
                }
            }

            return seen;
        }
    }
}
