using OpsBot.Contracts.Watches;
using OpsBot.Watches.Canaries;
using OpsBot.Watches.Training;

namespace OpsBot.Watches.Desk;

/// <summary>What is known of what a watch observes that an action against it may need.</summary>
public static class WatchFacts
{
    /// <summary>Of one thing that is wrong with a watch; empty for a watch that knows none.</summary>
    public static IReadOnlyDictionary<string, string> Of(Watch watch, WatchProblem problem)
    {
        if (watch.Kind != CanaryKind.Name)
            return TrainingFacts.Of(watch, problem);
        var facts = new Dictionary<string, string>(CanaryKind.Read(watch).Words, StringComparer.Ordinal);
        if (watch.Service is { } service)
            facts.TryAdd("service", service);
        if (watch.Environment.Length > 0)
            facts.TryAdd("environment", watch.Environment);
        foreach (var (name, value) in problem.Facts ?? new Dictionary<string, string>())
            facts[name] = value;
        return facts;
    }
}
