using OpsBot.Contracts.Actions;
using OpsBot.Storage.Actions;
using OpsBot.Storage.Messages;

namespace OpsBot.Actions.Execution;

/// <summary>One writer per target: a run takes it before it does anything, or waits for the one that has it.</summary>
internal sealed class TargetTaking(RunBook book)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(500);

    /// <summary>Takes the target in a step of its own.</summary>
    /// <param name="save">Writes the run as it has the target, or otherwise, in the same transaction; what it returns is the run from then on.</param>
    public async Task<(RunWork Work, long? HeldBy)> TakeAsync(RunWork work, RunStatus status, HandlingContext context, Func<EffectScope, RunWork, Task<RunWork>>? save = null)
    {
        LeaseAnswer? answer = null;
        var leased = work;
        await context.CommitStepAsync(async scope =>
        {
            answer = await TargetLeases.AcquireAsync(scope.Transaction, work.Run.Target, work.Run.Id);
            if (answer.Fence is { } fence)
            {
                leased = work with { Run = work.Run with { Status = status, Fence = fence, HoldsTarget = true, Reason = null } };
                leased = await (save ?? SaveAsync)(scope, leased);
            }
        });
        return (leased, answer!.HeldBy);

        async Task<RunWork> SaveAsync(EffectScope scope, RunWork taken)
        {
            await book.SaveAsync(scope, work, taken);
            return taken;
        }
    }

    /// <summary>The run with its target locked where it is free, so that a person looks before anybody changes it again.</summary>
    public static async Task<ActionRun> LockedAsync(EffectScope scope, ActionRun run)
    {
        var answer = run.HoldsTarget ? new LeaseAnswer(run.Fence, null) : await TargetLeases.AcquireAsync(scope.Transaction, run.Target, run.Id);
        return run with { HoldsTarget = answer.Fence is not null, Fence = answer.Fence ?? run.Fence };
    }

    /// <summary>Looks again in a while; why is said once.</summary>
    public async Task WaitAsync(EffectScope scope, RunWork work, long heldBy)
    {
        var reason = $"It waits for {ActionNames.Run(heldBy)}, which has {work.Run.Target}.";
        if (work.Run.Reason != reason)
        {
            await book.SaveAsync(scope, work, work with { Run = work.Run with { Reason = reason } });
        }

        scope.Postpone(LookAgain);
    }
}
