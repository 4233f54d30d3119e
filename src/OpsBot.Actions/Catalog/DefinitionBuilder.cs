using OpsBot.Actions.Loops;
using OpsBot.Contracts.Diagnoses;

namespace OpsBot.Actions.Catalog;

/// <summary>Makes definitions of options that hold. Takes no decision: <see cref="CatalogRules"/> has taken them.</summary>
internal static class DefinitionBuilder
{
    /// <param name="path">Folders of programs; the commands' PATH.</param>
    /// <param name="hosts">Machines by name.</param>
    public static ActionDefinition Build(string name, ActionOptions options, IReadOnlyList<string> path, IReadOnlyDictionary<string, ActionHostOptions> hosts)
    {
        var folder = Path.GetFullPath(options.Folder ?? ".");
        var environment = new SortedDictionary<string, string>(options.Environment, StringComparer.Ordinal) { ["PATH"] = string.Join(':', path) };
        var workingDirectory = options.WorkingDirectory is null ? null : Path.GetFullPath(options.WorkingDirectory, folder);

        var on = options.Host is { } where ? new RemoteHost(where, hosts[where].Address, hosts[where].Port, hosts[where].Identity, hosts[where].KnownHosts) : null;

        ActionCommand? Command(List<string> vector, TimeSpan limit, bool isHere = false) => vector.Count == 0
            ? null
            : new ActionCommand([.. vector], environment, limit, options.OutputLimitKiB * 1024, [.. options.Files], workingDirectory, isHere ? null : on);

        var irreversible = options.Risk == RiskOption.Irreversible;
        var definition = new ActionDefinition
        {
            Name = name,
            Description = options.Description,
            Parameters = [.. options.Parameters.Select(pair => Parameter(pair.Key, pair.Value))],
            Risk = irreversible ? ActionRisk.Irreversible : ActionRisk.Reversible,
            Target = options.Target,
            TargetEnvironment = string.IsNullOrWhiteSpace(options.TargetEnvironment) ? null : options.TargetEnvironment.Trim(),
            Blast = new BlastTemplate(options.Blast.Count, options.Blast.Share, options.Blast.Tier),
            Run = Command(options.Run, options.TimeLimit)!,
            DryRun = Command(options.DryRun, options.ReadTimeLimit),
            Undo = Command(options.Undo, options.TimeLimit),
            Probe = Command(options.Probe, options.ReadTimeLimit),
            State = Command(options.State, options.ReadTimeLimit),
            Health =
            [
                .. options.Health.Select(check => new HealthCheck(
                    check.Name, Command(check.Command, options.ReadTimeLimit, isHere: true), check.Prometheus, check.Worse == WorseOption.Higher ? "higher" : "lower",
                    check.Tolerance, check.Floor, check.Settle)),
            ],
            GatesBeforeProposal = [.. options.Gates.BeforeProposal],
            GatesBefore = [.. options.Gates.Before],
            GatesAfter = [.. options.Gates.After],
            Approval = new ApprovalRule(
                [.. options.Approval.Roles.Distinct(StringComparer.Ordinal)], options.Approval.Quorum ?? (irreversible ? 2 : 1), options.Approval.Expires),
            Suggest =
            [
                .. options.Suggest.Select(suggestion => new Suggestion(
                    [.. suggestion.Kinds], [.. suggestion.Services], new SortedDictionary<string, string>(suggestion.Arguments, StringComparer.Ordinal),
                    suggestion.MinConfidence, suggestion.Findings.Count == 0 ? null : [.. suggestion.Findings])),
            ],
            Long = options is { Terminal: false, Follow: { Lines.Count: 0, Silence: null } }
                ? null
                : new LongRun(options.Terminal, [.. options.Follow.Lines], options.Follow.Silence),
            Loop = LoopRule.Of(options.Loop),
            Folder = folder,
            Hash = "",
        };
        return definition with { Hash = CanonicalJson.Hash(definition) };
    }

    public static ActionParameter Parameter(string name, ParameterOptions options) => new(
        name, options.Type, options.Pattern, options.Min, options.Max, options.MaxLength, [.. options.Choices], options.Default, options.Unicode,
        options.Description);

    /// <summary>Every command that the action may execute.</summary>
    public static IEnumerable<ActionCommand> Commands(this ActionDefinition action) =>
        new[] { action.Run, action.DryRun, action.Undo, action.Probe, action.State }.Concat(action.Health.Select(check => check.Command)).OfType<ActionCommand>();
}
