using System.Text.Json;
using System.Text.Json.Nodes;
using OpsBot.Actions.Approvals;
using OpsBot.Actions.Catalog;
using OpsBot.Actions.Gates;
using OpsBot.Actions.Loops;
using OpsBot.Actions.People;
using OpsBot.Actions.Policy;
using OpsBot.Contracts;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Ports;
using OpsBot.Runtime.Processes;

namespace OpsBot.Actions.Execution;

/// <summary>What is asked and read around a run: everything once more before, gates and health after, state and probe where they decide.</summary>
internal sealed class RunChecks(
    BindingReader binding, IActionCatalog catalog, IActionPlanner planner, IActionPolicy policy, IGateKeeper gates, HealthSampler health,
    IProcessRunner runner, IActionReader reader, IPeople people, TimeProvider clock)
{
    /// <summary>Under the target's lease, right before the run: the binding as it is now, policy, gates and health.</summary>
    public async Task<BeforeRun> BeforeAsync(RunWork work, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
        {
            return BeforeRun.Refused("Actions run on Linux and macOS only: a command that outlives OpsBot needs process groups. Run 'opsbot serve' there.");
        }

        try
        {
            var now = await binding.ReadAsync(work.Proposal, work.Run.Slot, cancellationToken);
            if (now.Binding.Hash != work.Proposal.Binding.Hash)
            {
                return BeforeRun.Drifted(BindingReader.Difference(work.Proposal, now.Binding, [now.Slot.Slot]));
            }

            var verdict = policy.Judge(now.Action, [now.Slot.Slot.Blast], work.Proposal.Environment, clock.GetUtcNow());
            if (verdict.Decision == PolicyDecision.Deny)
            {
                return BeforeRun.Refused(verdict.Reason);
            }

            var reading = await health.ReadAsync(now.Slot.Plan.Health, cancellationToken);
            var verdicts = await gates.AskAsync(
                GatePoint.BeforeRun, now.Action.GatesBefore, Question(work, now.Slot.Slot.State, reading.Values, null), cancellationToken);
            var denied = verdicts.Where(each => !each.Passed).Select(each => $"The gate {each.Gate} denies it: {each.Reason}").Concat(reading.Problems).ToList();
            return new BeforeRun(now, reading.Values, verdicts, denied.Count == 0 ? null : string.Join(" ", denied), IsDrift: false);
        }
        catch (ActionRefusedException refused)
        {
            return BeforeRun.Drifted(refused.Message);
        }
    }

    /// <summary>Why a run that was intended some time ago, and not started, must not start any more; null where all holds that held then.</summary>
    public async Task<string?> StillAsync(RunWork work, CancellationToken cancellationToken)
    {
        var stop = await reader.SwitchAsync(cancellationToken);
        return stop.IsStopped ? ProposalTexts.Stopped(stop, people)
            : clock.GetUtcNow() >= LoopRule.ExpiryOf(work.Proposal, work.Run.Slot, catalog.Find(work.Proposal.Action)) ? ProposalTexts.Expired(work.Proposal, work.Run.Slot, catalog.Find(work.Proposal.Action))
            : (await BeforeAsync(work, cancellationToken)).Refusal;
    }

    /// <summary>After the command: gates, and health once it has settled.</summary>
    public async Task<AfterRun> AfterAsync(RunWork work, CancellationToken cancellationToken)
    {
        if (Current(work) is not { } current)
        {
            return new AfterRun(new Dictionary<string, double>(), [], ["The action is not in the catalog as it was approved, so nobody can tell how its target does."]);
        }

        var (action, plan) = current;
        var settled = (work.Run.EndedAt ?? clock.GetUtcNow()) + plan.Health.Select(each => each.Check.Settle).DefaultIfEmpty().Max();
        if (settled - clock.GetUtcNow() is var wait && wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, clock, cancellationToken);
        }

        var reading = await health.ReadAsync(plan.Health, cancellationToken);
        var verdicts = await gates.AskAsync(
            GatePoint.AfterRun, action.GatesAfter, Question(work, work.Run.StateBefore, work.Run.HealthBefore, reading.Values), cancellationToken);
        List<string> trouble =
        [
            .. verdicts.Where(each => !each.Passed).Select(each => $"The gate {each.Gate} denies it: {each.Reason}"),
            .. reading.Problems,
            .. plan.Health.Where(each => reading.Values.ContainsKey(each.Check.Name) && work.Run.HealthBefore.ContainsKey(each.Check.Name))
                .Select(each => HealthJudge.Regression(each.Check, work.Run.HealthBefore[each.Check.Name], reading.Values[each.Check.Name])).OfType<string>(),
        ];
        return new AfterRun(reading.Values, verdicts, trouble);
    }

    /// <summary>Null where it cannot be read.</summary>
    public async Task<IReadOnlyDictionary<string, string>?> StateAsync(RunWork work, CancellationToken cancellationToken)
    {
        try
        {
            return Current(work) is { } current
                ? await StateProgram.ReadAsync(runner, work.Run.Action, current.Plan.State, cancellationToken)
                : work.Run.StateBefore.Count == 0 ? work.Run.StateBefore : null;
        }
        catch (ActionRefusedException)
        {
            return null;
        }
    }

    /// <summary>Asks the action's probe whether it was done: exit 0 done, 1 not done.</summary>
    public async Task<ProbeAnswer> ProbeAsync(RunWork work, IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken)
    {
        if (Current(work) is not { } current)
        {
            return new ProbeAnswer(null, "the action is not in the catalog as it was approved");
        }

        if (current.Plan.Probe is not { } probe)
        {
            return ProbeAnswer.NotAsked;
        }

        var result = await runner.RunAsync(
            probe.With(environment).ToRequest(), cancellationToken);
        return result switch
        {
            { Outcome: ProcessOutcome.Exited, ExitCode: 0 } => new(true, null),
            { Outcome: ProcessOutcome.Exited, ExitCode: 1 } => new(false, null),
            { Outcome: ProcessOutcome.Exited } => new(null, FormattableString.Invariant($"its probe ended with exit status {result.ExitCode}")),
            { Outcome: ProcessOutcome.TimedOut } => new(null, "its probe did not end in time"),
            _ => new(null, "its probe could not be started"),
        };
    }

    /// <summary>The action as it was approved, planned; null where the catalog or a file has changed since.</summary>
    private (ActionDefinition Action, PlannedRun Plan)? Current(RunWork work)
    {
        try
        {
            if (catalog.Find(work.Run.Action) is not { } action || action.Hash != work.Proposal.Binding.Definition)
            {
                return null;
            }

            var plan = planner.Plan(action, work.Slot.Arguments, work.Run.StateBefore);
            var files = planner.HashFiles(action, plan.Reading);
            return files.All(file => work.Proposal.Binding.Files.GetValueOrDefault(file.Key) == file.Value) ? (action, plan) : null;
        }
        catch (ActionRefusedException)
        {
            return null;
        }
    }

    private static JsonObject Question(
        RunWork work, IReadOnlyDictionary<string, string> state, IReadOnlyDictionary<string, double> before, IReadOnlyDictionary<string, double>? after)
    {
        var (run, proposal, slot) = (work.Run, work.Proposal, work.Slot);
        var question = new
        {
            incident = proposal.IncidentId is { } id ? new { id, proposal.Environment } : null,
            proposal = new { proposal.Id, proposal.Name, proposal.Version, proposal.Action, proposal.Risk, proposal.Environment, proposal.ProposedBy },
            run = new { run.Id, run.Name, run.Slot, run.Target, run.Fence, run.ExitCode, run.StartedAt, run.EndedAt },
            slot.Arguments,
            state,
            health = new { before, after },
        };
        return (JsonObject)JsonSerializer.SerializeToNode(question, OpsBotJson.Options)!;
    }
}

/// <summary>What was found right before a run.</summary>
/// <param name="Refusal">Why it must not run; null where it may.</param>
/// <param name="IsDrift">It is not what was approved any more: the approvals are worth nothing.</param>
internal sealed record BeforeRun(
    CurrentBinding? Now, IReadOnlyDictionary<string, double> Health, IReadOnlyList<GateVerdict> Gates, string? Refusal, bool IsDrift)
{
    public static BeforeRun Refused(string reason) => new(null, new Dictionary<string, double>(), [], reason, IsDrift: false);

    public static BeforeRun Drifted(string reason) => new(null, new Dictionary<string, double>(), [], reason, IsDrift: true);
}

/// <summary>What was found after a run.</summary>
/// <param name="Trouble">What is worse than before, one sentence each.</param>
internal sealed record AfterRun(IReadOnlyDictionary<string, double> Health, IReadOnlyList<GateVerdict> Gates, IReadOnlyList<string> Trouble);
