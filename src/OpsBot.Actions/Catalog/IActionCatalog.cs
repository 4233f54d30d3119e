using OpsBot.Contracts.Actions;

namespace OpsBot.Actions.Catalog;

/// <summary>All actions there are.</summary>
public interface IActionCatalog
{
    IReadOnlyList<ActionDefinition> All { get; }

    ActionDefinition? Find(string name);
}

/// <summary>Turns an action and arguments into what would run. Pure but for finding programs and hashing files.</summary>
public interface IActionPlanner
{
    /// <summary>Checks the arguments and fills in vectors, target and blast radius.</summary>
    /// <param name="state">Fields for <c>{state.x}</c>; null while they are not known, then <c>{state.x}</c> stays as written.</param>
    /// <exception cref="ActionRefusedException">An argument is missing, unknown or not allowed: says which, its value and the bound. Or a program cannot be found.</exception>
    PlannedRun Plan(ActionDefinition action, IReadOnlyDictionary<string, string> arguments, IReadOnlyDictionary<string, string>? state);

    /// <summary>SHA-256 by real path of every file that the action would execute, and of those that these vectors of it name.</summary>
    /// <exception cref="ActionRefusedException">A program cannot be found or read.</exception>
    IReadOnlyDictionary<string, string> HashFiles(ActionDefinition action, IEnumerable<PlannedCommand> commands);

    /// <summary>What approvals are bound to.</summary>
    Binding Bind(ActionDefinition action, string environment, IReadOnlyList<ProposalSlot> slots, IReadOnlyDictionary<string, string> files, int quorum);
}

/// <summary>Final vectors of one slot: programs by real path, values put in.</summary>
/// <param name="Environment">Where the target is, as the action says; null where it does not.</param>
public sealed record PlannedRun(
    IReadOnlyDictionary<string, string> Arguments, string Target, string? Environment, BlastRadius Blast, PlannedCommand Run, PlannedCommand? DryRun,
    PlannedCommand? Undo, PlannedCommand? Probe, PlannedCommand? State, IReadOnlyList<PlannedHealth> Health)
{
    /// <summary>How the command is followed; null for one that only its end is seen of.</summary>
    public LongRun? Long { get; init; }

    /// <summary>Those that look and change nothing.</summary>
    public IEnumerable<PlannedCommand> Reading => new[] { DryRun, Probe, State }.Concat(Health.Select(each => each.Command)).OfType<PlannedCommand>();

    public IEnumerable<PlannedCommand> All => new[] { Run, Undo }.OfType<PlannedCommand>().Concat(Reading);
}

/// <summary>One command, ready to run.</summary>
/// <param name="IsRemote">It is ssh that runs here; the last argument is what runs there.</param>
public sealed record PlannedCommand(
    IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment, TimeSpan TimeLimit, int OutputLimitBytes, string? WorkingDirectory,
    bool IsRemote = false)
{
    /// <summary>With further variables for the command itself, wherever it runs.</summary>
    public PlannedCommand With(IReadOnlyDictionary<string, string> variables) => this with
    {
        Arguments = IsRemote ? RemoteLine.With(Arguments, variables) : Arguments,
        Environment = Execution.Supervision.CommandEnvironment.Over(Environment, variables),
    };
}

/// <summary>One health check, ready to sample.</summary>
public sealed record PlannedHealth(HealthCheck Check, PlannedCommand? Command, string? Prometheus);

/// <summary>It will not be done, and this is why, in a sentence that a person understands.</summary>
public sealed class ActionRefusedException(string message) : Exception(message);
