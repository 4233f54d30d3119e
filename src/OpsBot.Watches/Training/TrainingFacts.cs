using System.Globalization;
using System.Text.Json;
using OpsBot.Contracts;
using OpsBot.Contracts.Watches;

namespace OpsBot.Watches.Training;

/// <summary>What is known of a training run that an action against it may need.</summary>
public static class TrainingFacts
{
    /// <summary>Names of all facts there can be.</summary>
    public static readonly IReadOnlyList<string> Names = ["job", "name", "user", "environment", "step", "best-step", "node"];

    /// <summary>Of one thing that is wrong with a watch; empty for a watch of something else.</summary>
    public static IReadOnlyDictionary<string, string> Of(Watch watch, WatchProblem problem)
    {
        var facts = new Dictionary<string, string>(StringComparer.Ordinal);
        if (watch.Kind != TrainingKind.Name)
            return facts;
        foreach (var (word, value) in JsonSerializer.Deserialize<TrainingSpec>(watch.Spec, OpsBotJson.Options)!.Words)
            facts[word] = value;
        if (watch.State is { } kept && JsonSerializer.Deserialize<TrainingState>(kept, OpsBotJson.Options) is { } state)
        {
            if (state.Step >= 0)
                facts["step"] = state.Step.ToString(CultureInfo.InvariantCulture);
            if (state.BestStep >= 0)
                facts["best-step"] = state.BestStep.ToString(CultureInfo.InvariantCulture);
        }

        foreach (var (name, value) in problem.Facts ?? new Dictionary<string, string>())
            facts[name] = value;
        return facts;
    }
}
