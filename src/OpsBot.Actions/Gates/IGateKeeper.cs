using System.Text.Json.Nodes;
using OpsBot.Contracts.Actions;

namespace OpsBot.Actions.Gates;

/// <summary>Runs gates. Nothing but a gate's exit status decides.</summary>
public interface IGateKeeper
{
    /// <summary>Asks every gate, in order, and stops at none: all verdicts are shown. An empty list passes.</summary>
    /// <param name="question">What the gate is told on standard input: incident, proposal, run, arguments, health. <c>point</c> and <c>at</c> are added.</param>
    Task<IReadOnlyList<GateVerdict>> AskAsync(GatePoint point, IReadOnlyList<string> gates, JsonObject question, CancellationToken cancellationToken);

    /// <summary>Why this gate could not pass as things stand: no such file, not pinned, changed since. Null where it could be asked. Runs nothing.</summary>
    string? Problem(string gate);

    /// <summary>Gates that must pass before an incident may be closed.</summary>
    IReadOnlyList<string> BeforeClose { get; }
}
