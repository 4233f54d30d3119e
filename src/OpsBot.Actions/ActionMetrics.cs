using System.Diagnostics;
using System.Diagnostics.Metrics;
using OpsBot.Actions.Execution;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Telemetry;

namespace OpsBot.Actions;

/// <summary>What actions come to. Actions and gates are named as in the configuration.</summary>
public static class ActionMetrics
{
    public static Counter<long> Runs { get; } = Instruments.Counter(
        "opsbot_action_runs_total", "Runs that ended or wait for a person, by action and outcome (verified, refused, failed, undone, unknown ...).");

    public static Histogram<double> RunTimes { get; } = Instruments.Duration(
        "opsbot_action_run_seconds", "Time from the start of a command to the end of its run with verification and undo, by action.");

    public static Counter<long> Gates { get; } = Instruments.Counter(
        "opsbot_gate_verdicts_total", "Verdicts of gates, by gate and verdict (passed, denied).");

    internal static void Ended(ActionRun run, DateTimeOffset now)
    {
        Runs.Add(1, Instruments.Label("action", run.Action), Instruments.Label("outcome", run.Status.ToString().ToLowerInvariant()));
        if (run.StartedAt is { } started)
        {
            RunTimes.Record(Math.Max(0, (now - started).TotalSeconds), Instruments.Label("action", run.Action));
        }
    }

    internal static void Gate(string gate, bool passed) =>
        Gates.Add(1, Instruments.Label("gate", gate), Instruments.Label("verdict", passed ? "passed" : "denied"));

    /// <summary>The span of one step of a run. Its command and output stay in the audit.</summary>
    internal static Activity? Step(RunStage stage, ActionRun run) => TraceContext.Step("action", stage.ToString())
        ?.SetTag("opsbot.action", run.Action).SetTag("opsbot.action.run", run.Name).SetTag("opsbot.action.slot", run.Slot);
}
