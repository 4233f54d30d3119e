using OpsBot.Actions.Approvals;
using OpsBot.Actions.Catalog;
using OpsBot.Contracts.Messages;
using OpsBot.Contracts.Training;
using OpsBot.Contracts.Watches;
using OpsBot.Storage.Actions;
using OpsBot.Storage.Approvals;
using OpsBot.Storage.Engine;
using OpsBot.Storage.Messages;
using OpsBot.Storage.Watches;

namespace OpsBot.Actions.Loops;

/// <summary>
/// Looks how the job does that a loop began, and moves the loop on: all in the transaction of the timer's row, so that a restart finds it where it was. Whether
/// the next run may begin is asked of all gates when it does.
/// </summary>
public sealed class LoopDesk
{
    /// <summary>The clocks of two hosts differ by as much.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(1);

    private readonly ProposalBook _book;
    private readonly IActionCatalog _catalog;

    internal LoopDesk(ProposalBook book, IActionCatalog catalog) => (_book, _catalog) = (book, catalog);

    public async Task ContinueAsync(ContinueLoop timer, EffectScope scope)
    {
        if (await ProposalTable.FindAsync(scope.Transaction, timer.ProposalId, timer.Version) is not { } state
            || !LoopOutcomes.Waits(state.Proposal, state.Used, timer.Slot))
        {
            return;
        }

        if (_catalog.Find(state.Proposal.Action) is not { Loop: { } rule } action || action.Hash != state.Proposal.Binding.Definition)
        {
            var changed = new LoopMove(LoopStep.Stopped, $"The action '{state.Proposal.Action}' was changed in the catalog after it was approved.");
            await _book.ApplyAsync(scope, state, new LoopMoved(scope.Now, timer.Slot, changed));
            return;
        }

        var sight = await LookAsync(scope.Transaction, state, rule);
        if (LoopFlow.Decide(rule, sight, scope.Now) is { Step: not LoopStep.Wait } move)
            await _book.ApplyAsync(scope, state, new LoopMoved(scope.Now, timer.Slot, move));
        else
            scope.Again(scope.Now + rule.Every);
    }

    private static async Task<LoopSight> LookAsync(StoreTransaction transaction, ProposalState state, LoopRule rule)
    {
        var (proposal, runs, all) = (state.Proposal, new List<LoopRun>(), await RunTable.OfProposalAsync(transaction, state.Proposal.Id, state.Proposal.Version));
        var (watch, alike) = ((Watch?)null, false);
        foreach (var used in state.Used)
        {
            var run = all.FirstOrDefault(each => each.Slot == used.Slot);
            var (key, submitted) = (run is null ? null : LoopJobs.KeyOf(run), run?.StartedAt ?? used.At);
            // whoever was heard of before it was submitted only has the same number
            List<TrainingJob> jobs = key is null ? [] : [.. (await TrainingJobTable.NamedAsync(transaction, key)).Where(job => job.StatusAt >= submitted - ClockSkew)];
            (watch, alike) = await WatchAsync(transaction, rule, jobs, submitted);
            var job = jobs.Find(each => watch?.Subject == each.Key) ?? (jobs is [var only] ? only : null);
            alike |= jobs.Count > 1 && job is null;
            runs.Add(new LoopRun(proposal.Slots[used.Slot - 1].Arguments.GetValueOrDefault(rule.Over) ?? "", key, job, submitted));
        }

        return new LoopSight(runs, proposal.Slots.Count, watch, alike, proposal.CreatedAt + rule.For);
    }

    private static async Task<(Watch? Watch, bool Alike)> WatchAsync(StoreTransaction transaction, LoopRule rule, List<TrainingJob> jobs, DateTimeOffset submitted)
    {
        var found = new List<Watch>();
        foreach (var job in jobs)
        {
            if (await WatchTable.NewestOfAsync(transaction, rule.Watch, [job.Key]) is { } watch && watch.CreatedAt >= submitted - ClockSkew)
                found.Add(watch);
        }

        return (found is [var only] ? only : null, found.Count > 1);
    }
}
