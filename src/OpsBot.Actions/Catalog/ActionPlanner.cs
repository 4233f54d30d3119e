using System.Globalization;
using Microsoft.Extensions.Options;
using OpsBot.Contracts.Actions;

namespace OpsBot.Actions.Catalog;

/// <summary>Puts checked arguments into an action's vectors, each inside the argument that names it.</summary>
internal sealed class ActionPlanner : IActionPlanner
{
    private const int MaxTarget = 300;
    private const int MaxBlast = 1_000_000;

    private readonly ProgramFinder _programs;
    private readonly FileHashes _files;

    public ActionPlanner(IOptions<ActionsOptions> options) : this(options.Value.Path)
    {
    }

    internal ActionPlanner(IReadOnlyList<string> path)
    {
        _programs = new ProgramFinder(path);
        _files = new FileHashes(_programs);
    }

    public PlannedRun Plan(ActionDefinition action, IReadOnlyDictionary<string, string> arguments, IReadOnlyDictionary<string, string>? state)
    {
        var values = Checked(action, arguments);
        var target = Template.Expand(action.Target, name => values[name]);
        if (target.Length > MaxTarget)
        {
            throw new ActionRefusedException($"{action.Name}: the target has {target.Length} characters; at most {MaxTarget} are allowed.");
        }

        // what changes something may be stopped, and then ends there too; what only looks is read by a program
        PlannedCommand? Command(ActionCommand? command, bool withState) =>
            command is null ? null : Planned(action, command, values, withState ? state : null, isChange: withState);

        return new PlannedRun(
            values, target, action.TargetEnvironment is { } environment ? Template.Expand(environment, name => values[name]).ToLowerInvariant() : null, Blast(action, values), Command(action.Run, true)!, Command(action.DryRun, false), Command(action.Undo, true),
            Command(action.Probe, false), Command(action.State, false),
            [.. action.Health.Select(check => new PlannedHealth(check, Command(check.Command, false), Expression(check, values)))])
        {
            Long = action.Long,
        };
    }

    public IReadOnlyDictionary<string, string> HashFiles(ActionDefinition action, IEnumerable<PlannedCommand> commands) => _files.Of(action, commands);

    public Binding Bind(
        ActionDefinition action, string environment, IReadOnlyList<ProposalSlot> slots, IReadOnlyDictionary<string, string> files, int quorum) =>
        ActionBinding.Of(action, environment, slots, files, quorum);

    private static SortedDictionary<string, string> Checked(ActionDefinition action, IReadOnlyDictionary<string, string> arguments)
    {
        if (arguments.Keys.FirstOrDefault(name => action.Parameters.All(parameter => parameter.Name != name)) is { } unknown)
        {
            throw new ActionRefusedException(
                $"{action.Name} has no parameter {ArgumentCheck.Shown(unknown)}; it has {Listed(action.Parameters.Select(parameter => parameter.Name))}.");
        }

        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var parameter in action.Parameters)
        {
            var value = arguments.GetValueOrDefault(parameter.Name) ?? parameter.Default
                ?? throw new ActionRefusedException($"{action.Name} needs a value for '{parameter.Name}'.");
            if (ArgumentCheck.Problem(parameter, value) is { } problem)
            {
                throw new ActionRefusedException($"{action.Name}: {parameter.Name} = {ArgumentCheck.Shown(value)} {problem}.");
            }

            values.Add(parameter.Name, value);
        }

        return values;
    }

    private PlannedCommand Planned(
        ActionDefinition action, ActionCommand command, SortedDictionary<string, string> values, IReadOnlyDictionary<string, string>? state, bool isChange)
    {
        var (program, problem) = _programs.Find(command.Program(), action.Folder);
        if (program is null)
        {
            throw new ActionRefusedException($"{action.Name}: {problem}.");
        }

        string? ValueOf(string name) =>
            !name.StartsWith(Template.StatePrefix, StringComparison.Ordinal) ? values[name]
            : state is null ? null : Field(action, name[Template.StatePrefix.Length..], state);

        List<string> vector = [command.On is null ? program : command.Arguments[0]];
        foreach (var template in command.Arguments.Skip(1))
        {
            var expanded = Template.Expand(template, ValueOf);
            if (Template.First(template) is { } first && expanded.StartsWith('-'))
            {
                throw new ActionRefusedException(
                    $"{action.Name}: {first} = {ArgumentCheck.Shown(ValueOf(first)!)} begins with '-' and would be taken for an option.");
            }

            vector.Add(expanded);
        }

        return new PlannedCommand(
            command.On is { } host ? RemoteLine.Vector(program, host, vector, isChange) : vector, command.Environment, command.TimeLimit, command.OutputLimitBytes,
            command.WorkingDirectory, command.On is not null);
    }

    private static string Field(ActionDefinition action, string name, IReadOnlyDictionary<string, string> state)
    {
        if (!state.TryGetValue(name, out var value))
        {
            throw new ActionRefusedException($"{action.Name}: 'state' printed no field '{name}'; it printed {Listed(state.Keys.Select(ArgumentCheck.Shown))}.");
        }

        return ArgumentCheck.StateProblem(value) is { } problem
            ? throw new ActionRefusedException($"{action.Name}: state.{name} = {ArgumentCheck.Shown(value)} {problem}.")
            : value;
    }

    private static BlastRadius Blast(ActionDefinition action, SortedDictionary<string, string> values)
    {
        string Text(string template) => Template.Expand(template, name => values[name]);
        var count = Text(action.Blast.Count);
        if (!int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > MaxBlast)
        {
            throw new ActionRefusedException($"{action.Name}: the blast count {ArgumentCheck.Shown(count)} is not between 1 and {MaxBlast}.");
        }

        double? share = null;
        if (action.Blast.Share is { } template)
        {
            share = double.TryParse(Text(template), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var part) && part is >= 0 and <= 1
                ? part
                : throw new ActionRefusedException($"{action.Name}: the blast share {ArgumentCheck.Shown(Text(template))} is not between 0 and 1.");
        }

        return new BlastRadius(number, share, action.Blast.Tier is { } tier ? Text(tier) : null);
    }

    private static string? Expression(HealthCheck check, SortedDictionary<string, string> values) => check.Prometheus is not { } template ? null
        : Template.Expand(template, name => values[name].AsSpan().IndexOfAny("\"'`\\") < 0
            ? values[name]
            // within the quotes of an expression these would end the text and begin something else
            : throw new ActionRefusedException($"{check.Name}: {name} = {ArgumentCheck.Shown(values[name])} holds a quote or '\\' and cannot stand in an expression."));

    private static string Listed(IEnumerable<string> names) => string.Join(", ", names.Take(20)) is { Length: > 0 } list ? list : "none";
}
