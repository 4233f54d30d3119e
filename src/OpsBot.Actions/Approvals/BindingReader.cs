using System.Globalization;
using OpsBot.Actions.Catalog;
using OpsBot.Contracts.Actions;
using OpsBot.Runtime.Processes;

namespace OpsBot.Actions.Approvals;

/// <summary>One slot as it would run now.</summary>
public sealed record CurrentSlot(ProposalSlot Slot, PlannedRun Plan);

/// <summary>A slot of a proposal as it would run now, with the binding that the whole proposal has now.</summary>
public sealed record CurrentBinding(ActionDefinition Action, CurrentSlot Slot, Binding Binding);

/// <summary>
/// Reads what an action would do at this moment: when a proposal is made, and again under the target's lease right before it runs. One way for both, so that the
/// hashes can be compared.
/// </summary>
public sealed class BindingReader(IActionCatalog catalog, IActionPlanner planner, IProcessRunner runner)
{
    /// <summary>Plans one slot, running the action's <c>state</c>.</summary>
    /// <exception cref="ActionRefusedException">It cannot be planned, or its state cannot be read.</exception>
    public async Task<CurrentSlot> ReadSlotAsync(
        ActionDefinition action, int number, IReadOnlyDictionary<string, string> arguments, CancellationToken cancellationToken)
    {
        var state = await StateProgram.ReadAsync(runner, action.Name, planner.Plan(action, arguments, state: null).State, cancellationToken);
        return Plan(action, number, arguments, state);
    }

    /// <exception cref="ActionRefusedException">A program is gone, or a text cannot be bound.</exception>
    public Binding Bind(ActionDefinition action, string environment, IReadOnlyList<CurrentSlot> slots, int quorum)
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (path, hash) in slots.SelectMany(slot => planner.HashFiles(action, slot.Plan.All)))
            files[path] = hash;
        return planner.Bind(action, environment, [.. slots.Select(slot => slot.Slot)], files, quorum);
    }

    /// <summary>Reads one slot of a proposal again: the catalog, its files and its state as they are. The other slots keep the state that was approved.</summary>
    /// <exception cref="ActionRefusedException">The action is gone, or nothing can be read of it.</exception>
    public async Task<CurrentBinding> ReadAsync(Proposal proposal, int slot, CancellationToken cancellationToken)
    {
        var action = catalog.Find(proposal.Action)
            ?? throw new ActionRefusedException($"The catalog has no action '{proposal.Action}' any more.");
        if (proposal.Slots.All(each => each.Number != slot))
            throw new ActionRefusedException(string.Create(CultureInfo.InvariantCulture, $"{proposal.Name} has no slot {slot}."));
        var slots = new List<CurrentSlot>();
        foreach (var each in proposal.Slots)
        {
            slots.Add(each.Number == slot
                ? await ReadSlotAsync(action, each.Number, each.Arguments, cancellationToken)
                : Plan(action, each.Number, each.Arguments, each.State));
        }

        return new CurrentBinding(action, slots.Find(each => each.Slot.Number == slot)!, Bind(action, proposal.Environment, slots, proposal.Quorum));
    }

    /// <summary>What differs from what was approved, in a sentence.</summary>
    public static string Difference(Proposal approved, Binding now, IReadOnlyList<ProposalSlot> slots)
    {
        var found = new List<string>();
        if (approved.Binding.Definition != now.Definition)
            found.Add($"the action '{approved.Action}' was changed in the catalog");
        var files = approved.Binding.Files.Keys.Union(now.Files.Keys).Order(StringComparer.Ordinal)
            .Where(path => approved.Binding.Files.GetValueOrDefault(path) != now.Files.GetValueOrDefault(path));
        found.AddRange(files.Select(path => !now.Files.ContainsKey(path) ? $"'{path}' is not what would be executed any more"
            : approved.Binding.Files.ContainsKey(path) ? $"the file '{path}' has other contents" : $"'{path}' would be executed"));
        foreach (var (was, slot) in approved.Slots.Join(slots, each => each.Number, each => each.Number, (was, slot) => (was, slot)))
        {
            found.AddRange(was.State.Keys.Union(slot.State.Keys).Where(name => was.State.GetValueOrDefault(name) != slot.State.GetValueOrDefault(name))
                .Select(name => $"{name} was {OneLine.Of(was.State.GetValueOrDefault(name) ?? "not there", 80)} and is {OneLine.Of(slot.State.GetValueOrDefault(name) ?? "not there", 80)}"));
            if (was.Target != slot.Target || !was.Run.SequenceEqual(slot.Run) || !(was.Undo ?? []).SequenceEqual(slot.Undo ?? []))
                found.Add("what would run is not what was shown");
        }

        return $"It changed after it was proposed: {(found.Count == 0 ? "its stored record is not what was bound" : string.Join("; ", found.Take(5)))}.";
    }

    private CurrentSlot Plan(ActionDefinition action, int number, IReadOnlyDictionary<string, string> arguments, IReadOnlyDictionary<string, string> state)
    {
        var plan = planner.Plan(action, arguments, state);
        return new CurrentSlot(
            new ProposalSlot(number, plan.Arguments, plan.Target, plan.Blast, plan.Run.Arguments, plan.Undo?.Arguments, state, DryRun: null), plan);
    }
}
