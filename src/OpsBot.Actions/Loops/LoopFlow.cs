using System.Globalization;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Training;
using OpsBot.Contracts.Watches;

namespace OpsBot.Actions.Loops;

/// <summary>What a loop does next.</summary>
public enum LoopStep
{
    /// <summary>Nobody knows yet how the job does.</summary>
    Wait,

    /// <summary>It fell short: the next value.</summary>
    Next,

    /// <summary>The target is reached.</summary>
    Reached,

    /// <summary>Nothing more is begun, and a person should know why.</summary>
    Stopped,
}

/// <summary>A step with its reason, in a sentence.</summary>
public sealed record LoopMove(LoopStep Step, string Text)
{
    public static readonly LoopMove Wait = new(LoopStep.Wait, "");
}

/// <summary>One run of a loop, as far as it is known.</summary>
/// <param name="Value">What it was tried with.</param>
/// <param name="Key">The job, as its command printed it; null where that was no job.</param>
/// <param name="Job">What its scheduler told since; null where nobody told.</param>
/// <param name="SubmittedAt">When its command began.</param>
internal sealed record LoopRun(string Value, string? Key, TrainingJob? Job, DateTimeOffset SubmittedAt)
{
    public string Name => $"job {Job?.Key ?? Key} with {Value}";
}

/// <summary>What the newest job of a loop comes to.</summary>
/// <param name="Runs">In their order; the last one is at work, or was.</param>
/// <param name="Total">Runs that there may be.</param>
/// <param name="Watch">The watch of the last one's job; null where none has begun.</param>
/// <param name="Alike">Several jobs are called so.</param>
/// <param name="Until">When no further run may begin.</param>
internal sealed record LoopSight(IReadOnlyList<LoopRun> Runs, int Total, Watch? Watch, bool Alike, DateTimeOffset Until);

/// <summary>From what is known of a loop's jobs to its next step. Pure.</summary>
internal static class LoopFlow
{
    /// <summary>So long a job may be unknown, or run unwatched, before nobody believes in it any more.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>What a run does not recover from in time: its successor may begin.</summary>
    private static readonly string[] Hopeless = ["off-target", "divergence", "non-finite", "hang"];

    public static LoopMove Decide(LoopRule rule, LoopSight sight, DateTimeOffset now)
    {
        var (last, watch) = (sight.Runs[^1], sight.Watch);
        if (watch?.Verdict is { Outcome: WatchOutcome.Good } good)
            return new(LoopStep.Reached, $"{last.Name} {Sentence(good.Text)}{Spent(rule, sight.Runs, now).Text}");
        if (last.Key is null)
            return Stop("nobody can tell which job was begun: the last line of its command names none.");
        if (sight.Alike)
            return Stop($"nobody can tell how job {last.Key} does: several are called so.");
        var spent = Spent(rule, sight.Runs, now);
        if (rule.GpuHours is { } most && (spent.Uncounted ?? (spent.Hours >= most ? "its budget is used up." : null)) is { } over)
            return Stop($"{over}{spent.Text}{(last.Job is { IsOver: false } ? $" {Capital(last.Name)} is left to end." : "")}");
        if (now >= sight.Until)
            return Stop($"its time is over.{(last.Job is { IsOver: false } ? $" {Capital(last.Name)} is left to end." : "")}");
        if (last.Job?.Status == TrainingJobStatus.Cancelled)
            return Stop($"{last.Name} was cancelled, and not by it.");
        if (Short(last, watch, now) is { } why)
        {
            return sight.Runs.Count < sight.Total
                ? new(LoopStep.Next, $"{Capital(last.Name)} fell short: {Sentence(why)}{spent.Text}")
                : Stop(string.Create(CultureInfo.InvariantCulture, $"none of its {sight.Total} runs reached the target; {last.Name}: {Sentence(why)}{spent.Text}"));
        }

        return watch?.Verdict is { } unknown ? Stop($"nobody can tell how {last.Name} came out: {Sentence(unknown.Text)}")
            : watch is null && Unseen(rule, last, now) is { } unseen ? Stop(unseen)
            : LoopMove.Wait;
    }

    /// <summary>Why the run is of no use any more; null where it may still reach the target, or nobody can tell.</summary>
    private static string? Short(LoopRun run, Watch? watch, DateTimeOffset now) => watch switch
    {
        { Verdict: { Outcome: WatchOutcome.Bad } bad } => bad.Text,
        { Verdict: null } when watch.Problems.FirstOrDefault(problem => Hopeless.Contains(problem.Kind)) is { } hopeless => $"{hopeless.Kind}: {hopeless.Text}",
        // what broke before it took a step
        { Verdict: { Outcome: WatchOutcome.Unknown } } when run.Job?.Status == TrainingJobStatus.Failed => "it failed",
        null when run.Job?.Status == TrainingJobStatus.Failed && now - run.Job.StatusAt >= Patience => "it failed",
        _ => null,
    };

    private static string? Unseen(LoopRule rule, LoopRun run, DateTimeOffset now) => run.Job switch
    {
        null when now - run.SubmittedAt >= Patience => $"nobody told anything of {run.Name} for {Patience.TotalMinutes:0} minutes.",
        { Status: not TrainingJobStatus.Queued } job when now - job.StatusAt >= Patience => $"'{rule.Watch}' does not watch {run.Name}, so nobody can tell how it does.",
        _ => null,
    };

    /// <summary>GPU-hours of all jobs so far, from when each first ran.</summary>
    private static (double Hours, string? Uncounted, string Text) Spent(LoopRule rule, IReadOnlyList<LoopRun> runs, DateTimeOffset now)
    {
        if (rule.GpuHours is not { } most)
            return (0, null, "");
        var hours = 0.0;
        foreach (var run in runs)
        {
            if (run.Job is not { StartedAt: { } started } job)
            {
                // one that never ran used none; of one before the last nobody knows whether it did
                if (run != runs[^1] && run.Job is not { IsOver: true })
                    return (hours, $"the GPU-hours of {run.Name} cannot be counted: nobody told when it ran.", "");
                continue;
            }

            if ((job.Gpus ?? rule.Gpus) is not { } gpus)
                return (hours, $"the GPU-hours of {run.Name} cannot be counted: nobody says how many GPUs it has; set loop.gpus.", "");
            hours += gpus * Math.Max(0, ((job.EndedAt ?? now) - started).TotalHours);
        }

        return (hours, null, string.Create(CultureInfo.InvariantCulture, $" {hours:0.##} of {most:0.##} GPU-hours are used."));
    }

    private static LoopMove Stop(string text) => new(LoopStep.Stopped, Capital(text));

    private static string Sentence(string text) => text.EndsWith('.') ? text : $"{text}.";

    private static string Capital(string text) => $"{char.ToUpperInvariant(text[0])}{text[1..]}";
}
