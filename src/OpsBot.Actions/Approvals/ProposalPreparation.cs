using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using OpsBot.Actions.Catalog;
using OpsBot.Actions.Gates;
using OpsBot.Actions.Loops;
using OpsBot.Actions.Policy;
using OpsBot.Contracts;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Incidents;
using OpsBot.Runtime.Processes;
using OpsBot.Runtime.Redaction;

namespace OpsBot.Actions.Approvals;

/// <summary>Everything about a proposal that takes time: planning, rules, gates, the state and the dry run. Outside any transaction; changes nothing.</summary>
public sealed class ProposalPreparation(
    IActionCatalog catalog, IActionPlanner planner, IActionPolicy policy, IGateKeeper gates, BindingReader bindings, IProcessRunner runner, IRedactor redactor,
    TimeProvider clock)
{
    private const int MostSlots = 20;
    private const int LongestWhy = 1000;
    private const int LongestOutput = 4000;

    /// <exception cref="ActionRefusedException">It cannot be proposed; the message says why.</exception>
    public async Task<PreparedProposal> PrepareAsync(ProposalRequest request, CancellationToken cancellationToken)
    {
        var action = catalog.Find(request.Action) ?? throw new ActionRefusedException(
            $"There is no action '{OneLine.Of(request.Action, 80)}' in the catalog. 'opsbot actions list' shows those that there are.");
        request = request with { ArgumentSets = LoopRule.Sets(action, request.ArgumentSets) };
        if (request.ArgumentSets.Count is < 1 or > MostSlots)
        {
            throw new ActionRefusedException(string.Create(
                CultureInfo.InvariantCulture, $"A proposal has 1 to {MostSlots} sets of arguments, and this one {request.ArgumentSets.Count}."));
        }

        var plans = request.ArgumentSets.Select(arguments => planner.Plan(action, arguments, state: null)).ToList();
        request = request with { Environment = EnvironmentOf(action, plans, request) };
        var verdict = policy.Judge(action, [.. plans.Select(plan => plan.Blast)], request.Environment, clock.GetUtcNow());
        if (verdict.Decision == PolicyDecision.Deny)
            throw new ActionRefusedException(ProposalTexts.Denied(action.Name, verdict));
        await AskGatesAsync(action, request, plans, cancellationToken);

        var slots = new List<CurrentSlot>();
        for (var i = 0; i < request.ArgumentSets.Count; i++)
            slots.Add(await bindings.ReadSlotAsync(action, i + 1, request.ArgumentSets[i], cancellationToken));
        // Hashed before the dry runs, so that a file that one of them replaces is found out.
        var binding = bindings.Bind(action, request.Environment, slots, verdict.Quorum);
        var shown = new List<ProposalSlot>();
        foreach (var slot in slots)
            shown.Add(slot.Slot with { DryRun = await DryRunAsync(slot.Plan.DryRun, cancellationToken) });
        return new PreparedProposal(
            request with { Why = OneLine.Of(redactor.Redact(request.Why), LongestWhy) }, action, shown, binding, verdict.Quorum, verdict.Roles);
    }

    /// <summary>What the catalog says of the targets; else what the incident says. Never what the proposer says.</summary>
    private static string EnvironmentOf(ActionDefinition action, List<PlannedRun> plans, ProposalRequest request)
    {
        var declared = plans.Select(plan => plan.Environment).Distinct().ToList();
        return declared.Count == 1
            ? declared[0] ?? request.Environment
            : throw new ActionRefusedException($"The targets of {action.Name} are in several environments ({string.Join(", ", declared)}); propose them apart.");
    }

    private async Task AskGatesAsync(ActionDefinition action, ProposalRequest request, IReadOnlyList<PlannedRun> plans, CancellationToken cancellationToken)
    {
        var question = new JsonObject
        {
            ["incident"] = request.IncidentId is { } incident ? Names.Incident(incident) : null,
            ["environment"] = request.Environment,
            ["action"] = action.Name,
            ["proposedBy"] = request.ProposedBy,
            ["why"] = redactor.Redact(request.Why),
            ["targets"] = JsonSerializer.SerializeToNode(plans.Select(plan => plan.Target), OpsBotJson.Options),
            ["arguments"] = JsonSerializer.SerializeToNode(plans.Select(plan => plan.Arguments), OpsBotJson.Options),
        };
        var verdicts = await gates.AskAsync(GatePoint.BeforeProposal, action.GatesBeforeProposal, question, cancellationToken);
        if (verdicts.FirstOrDefault(verdict => !verdict.Passed) is { } no)
            throw new ActionRefusedException($"The gate {no.Gate} does not let {action.Name} be proposed: {no.Reason}");
    }

    private async Task<DryRunOutput?> DryRunAsync(PlannedCommand? command, CancellationToken cancellationToken)
    {
        if (command is null)
            return null;
        var result = await runner.RunAsync(command.ToRequest(), cancellationToken);
        var text = result.Outcome switch
        {
            ProcessOutcome.NotStarted => result.StartError ?? "it could not be started",
            ProcessOutcome.TimedOut => $"It did not end within {command.TimeLimit}.\n{result.Output.Text}{result.Error.Text}",
            _ => result.Output.Text + result.Error.Text,
        };
        text = redactor.Redact(text);
        return new DryRunOutput(result.ExitCode ?? -1, text.Length <= LongestOutput ? text : string.Concat(text.AsSpan(0, LongestOutput), "…"));
    }
}
