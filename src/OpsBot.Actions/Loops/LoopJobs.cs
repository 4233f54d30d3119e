using System.Text.RegularExpressions;
using OpsBot.Actions.Approvals;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Events;
using OpsBot.Storage.Actions;
using OpsBot.Storage.Approvals;
using OpsBot.Storage.Engine;

namespace OpsBot.Actions.Loops;

/// <summary>Which jobs the runs of a loop began.</summary>
internal static partial class LoopJobs
{
    /// <summary>The job that a run's last line names, as <c>sbatch --parsable</c> prints it; null where it names none.</summary>
    public static string? KeyOf(ActionRun run)
    {
        var last = run.OutputTail.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? "";
        // 4711;cluster
        var key = last.Split(';')[0];
        return Key().IsMatch(key) ? key : null;
    }

    /// <summary>A loop of the same action that is at work on a proposal's target, or on a job that it names; null for none.</summary>
    public static async Task<Proposal?> GoesOnAsync(StoreTransaction transaction, PreparedProposal prepared)
    {
        if (prepared.Action.Loop is null)
            return null;
        var named = prepared.Slots.SelectMany(slot => slot.Arguments.Values).ToHashSet(StringComparer.Ordinal);
        foreach (var other in (await ProposalTable.RunningAsync(transaction, prepared.Action.Name)).Where(other => other.Loop is not null))
        {
            if (other.Slots[0].Target == prepared.Slots[0].Target)
                return other;
            foreach (var run in await RunTable.OfProposalAsync(transaction, other.Id, other.Version))
            {
                if (KeyOf(run) is { } key && (named.Contains(key) || named.Contains(TrainingJobReported.ShortKeyOf(key))))
                    return other;
            }
        }

        return null;
    }

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9_.:@/+#-]{0,199}$", RegexOptions.NonBacktracking)]
    private static partial Regex Key();
}
