using OpsBot.Contracts.Events;

namespace OpsBot.Watches.Canaries;

/// <summary>What a deploy says of a canary.</summary>
public static class CanaryWords
{
    /// <summary>Words that queries and actions may use.</summary>
    public static readonly IReadOnlyList<string> All =
    [
        "service", "environment", "version", "commit", "namespace", "rollout", "application", "cluster", "podHash", "stablePodHash", "canaryInstances", "baselineInstances",
    ];

    /// <summary>Those that say where a deploy is.</summary>
    internal static readonly IReadOnlyList<string> Place = ["service", "environment", "namespace", "rollout", "application", "cluster"];

    private static readonly string[] Facts = ["namespace", "rollout", "application", "cluster", "podHash", "stablePodHash"];

    /// <summary>Instances are joined as the regular expression that matches any of them.</summary>
    public static IReadOnlyDictionary<string, string?> Of(DeployReported change)
    {
        var words = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["service"] = change.Service,
            ["environment"] = change.Environment,
            ["version"] = change.Version,
            ["commit"] = change.Commit,
            ["canaryInstances"] = Any(change.NewInstances),
            ["baselineInstances"] = Any(change.OldInstances),
        };
        foreach (var fact in Facts)
            words[fact] = change.Facts.GetValueOrDefault(fact);
        return words;
    }

    /// <summary>Whether a deploy says that it is one: by a fact or a field <c>canary</c>, a weight, a strategy, the name of its environment, or by naming both what is new and what it is beside.</summary>
    public static bool IsCanary(DeployReported change) =>
        change.Change is ChangeKind.Deploy or ChangeKind.Release or ChangeKind.Config or ChangeKind.Flag
        && (Says(change, "canary") || Says(change, "payload.canary") || IsWeighed(change)
            || change.Facts.GetValueOrDefault("strategy") is { } strategy && strategy.Equals("canary", StringComparison.OrdinalIgnoreCase)
            || change.Facts.GetValueOrDefault("task") is { } task && task.Contains("canary", StringComparison.OrdinalIgnoreCase)
            || (change.Environment ?? "").Split('-', '_', '/', '.', ' ').Contains("canary", StringComparer.OrdinalIgnoreCase)
            || change is { NewInstances.Count: > 0, OldInstances.Count: > 0 });

    /// <summary>Whether there is nothing to be compared any more. A rollout that goes on by steps is done when it succeeds; what is deployed once is there from then on.</summary>
    public static bool IsOver(DeployReported change) =>
        change.Status is ChangeStatus.Failed or ChangeStatus.Cancelled or ChangeStatus.Deleted || (change.Status == ChangeStatus.Succeeded && IsWeighed(change));

    private static bool IsWeighed(DeployReported change) => change.Facts.GetValueOrDefault("canaryWeight") is { Length: > 0 }
        || (change.Facts.ContainsKey("stablePodHash") && change.Facts.GetValueOrDefault("steps") is not (null or "0"));

    private static bool Says(DeployReported change, string fact) => change.Facts.GetValueOrDefault(fact) is { } said
        && (said.Equals("true", StringComparison.OrdinalIgnoreCase) || said.Equals("yes", StringComparison.OrdinalIgnoreCase) || said == "1");

    private static string? Any(IReadOnlyList<string> instances) => instances.Count == 0 ? null : string.Join('|', instances);
}
