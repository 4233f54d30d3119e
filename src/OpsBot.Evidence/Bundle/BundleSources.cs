namespace OpsBot.Evidence.Bundle;

/// <summary>The list of what a bundle can hold; a new kind of file is one more line here.</summary>
internal static class BundleSources
{
    public static IReadOnlyList<IEvidenceSource> Of(BundleFolder folder) =>
    [
        new BundleMetrics(folder),
        new BundleTraces(folder),
        new BundleLogs(folder),
        new BundlePatterns(folder),
        new BundleChanges(folder),
        new BundleTopology(folder),
        new BundleCommands(folder),
    ];
}
