using OpsBot.Actions.Catalog;
using OpsBot.Contracts.Actions;

namespace OpsBot.Tests.Support;

internal static partial class Some
{
    public static readonly string[] ProgramPath = ["/usr/local/bin", "/usr/bin", "/bin"];

    /// <summary>An action that holds, with programs that every machine has.</summary>
    public static ActionOptions ActionOptions(Action<ActionOptions>? change = null)
    {
        var options = new ActionOptions
        {
            Description = "Purge a cache",
            Parameters = new() { ["cache"] = new() },
            Risk = RiskOption.Reversible,
            Target = "cache/{cache}",
            Run = ["echo", "purge", "{cache}"],
            Undo = ["echo", "restore", "{cache}"],
            Folder = Path.GetTempPath(),
        };
        change?.Invoke(options);
        return options;
    }

    public static ActionDefinition Action(Action<ActionOptions>? change = null, string name = "purge-cache", Dictionary<string, ActionHostOptions>? hosts = null) =>
        DefinitionBuilder.Build(name, ActionOptions(change), ProgramPath, hosts ?? new Dictionary<string, ActionHostOptions>());

    public static ActionPlanner Planner() => new(ProgramPath);

    public static Dictionary<string, string> Arguments(params (string Name, string Value)[] arguments) =>
        arguments.ToDictionary(argument => argument.Name, argument => argument.Value, StringComparer.Ordinal);

    public static ProposalSlot Slot(PlannedRun plan, IReadOnlyDictionary<string, string>? state = null) => new(
        1, plan.Arguments, plan.Target, plan.Blast, plan.Run.Arguments, plan.Undo?.Arguments, state ?? new Dictionary<string, string>(), null);
}
