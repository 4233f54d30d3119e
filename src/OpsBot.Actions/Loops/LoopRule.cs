using OpsBot.Actions.Catalog;
using OpsBot.Contracts.Actions;

namespace OpsBot.Actions.Loops;

/// <summary>How an action goes on by itself; part of its definition, and so of what people approve.</summary>
/// <param name="Over">The parameter that is another one in each run.</param>
/// <param name="Values">In their order, as many as there may be runs.</param>
/// <param name="Watch">The declared watch that says whether the target is reached.</param>
/// <param name="GpuHours">Of all its jobs together; null where they are not counted.</param>
/// <param name="Gpus">Of a job whose scheduler does not say.</param>
/// <param name="For">How long after its proposal the last run may begin.</param>
public sealed record LoopRule(string Over, IReadOnlyList<string> Values, string Watch, double? GpuHours, int? Gpus, TimeSpan For, TimeSpan Every)
{
    public static LoopRule? Of(LoopOptions? options) => options is null
        ? null
        : new LoopRule(
            options.Over, [.. options.Values.Take(options.Runs ?? int.MaxValue)], options.Watch, options.GpuHours, options.Gpus, options.For, options.Every);

    /// <summary>When a slot may not begin any more: the first one as any, those after it by the loop's own time.</summary>
    public static DateTimeOffset ExpiryOf(Proposal proposal, int slot, ActionDefinition? action) =>
        slot > 1 && action?.Loop is { } loop ? proposal.CreatedAt + loop.For : proposal.ExpiresAt;

    /// <summary>The sets of arguments of a proposal: where the action loops, one for each value.</summary>
    /// <exception cref="ActionRefusedException">Somebody gave the loop's own parameter, or several sets.</exception>
    public static IReadOnlyList<IReadOnlyDictionary<string, string>> Sets(ActionDefinition action, IReadOnlyList<IReadOnlyDictionary<string, string>> given)
    {
        if (action.Loop is not { } loop)
            return given;
        if (given is not [var one] || one.ContainsKey(loop.Over))
            throw new ActionRefusedException($"{action.Name} goes through its own list of '{loop.Over}'; leave it out, and propose it for one set of arguments at a time.");
        return [.. loop.Values.Select(value => new Dictionary<string, string>(one, StringComparer.Ordinal) { [loop.Over] = value })];
    }
}
