using Dapper;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Actions;

/// <summary>
/// One writer a target. A lease ends when its run lets go of it, never by time: the command may still be at work. Each call is inside somebody's transaction.
/// </summary>
public static class TargetLeases
{
    /// <summary>Takes the target where it is free. A run that has it already gets the fence that it has.</summary>
    public static async Task<LeaseAnswer> AcquireAsync(StoreTransaction transaction, string target, long runId)
    {
        var taken = await transaction.Connection.ExecuteScalarAsync<long?>(
            """
            insert into target_leases (target, fence, run_id) values (@target, 1, @runId)
            on conflict (target) do update set fence = target_leases.fence + 1, run_id = excluded.run_id where target_leases.run_id is null
            returning fence
            """,
            new { target, runId },
            transaction.Transaction);
        if (taken is { } fence)
        {
            return new LeaseAnswer(fence, null);
        }

        var (held, holder) = await transaction.Connection.QuerySingleAsync<(long, long)>(
            "select fence, run_id from target_leases where target = @target", new { target }, transaction.Transaction);
        return holder == runId ? new LeaseAnswer(held, null) : new LeaseAnswer(null, holder);
    }

    /// <summary>Lets go of a target; only the run that holds it can.</summary>
    /// <exception cref="StaleFenceException">It does not hold it.</exception>
    public static async Task ReleaseAsync(StoreTransaction transaction, string target, long runId, long fence) => Require(
        await transaction.Connection.ExecuteAsync(
            "update target_leases set run_id = null where target = @target and run_id = @runId and fence = @fence",
            new { target, runId, fence },
            transaction.Transaction),
        target, runId, fence);

    /// <summary>Held against every write of a run that says what it did to its target.</summary>
    /// <exception cref="StaleFenceException">It does not hold it, or not with this fence.</exception>
    public static async Task RequireAsync(StoreTransaction transaction, string target, long runId, long fence) => Require(
        // A write that changes nothing takes the row lock on either engine.
        await transaction.Connection.ExecuteAsync(
            "update target_leases set fence = fence where target = @target and run_id = @runId and fence = @fence",
            new { target, runId, fence },
            transaction.Transaction),
        target, runId, fence);

    private static void Require(int rows, string target, long runId, long fence)
    {
        if (rows != 1)
        {
            throw new StaleFenceException(target, runId, fence);
        }
    }
}

/// <summary>One of the two is set.</summary>
/// <param name="Fence">The target is ours, with this fence.</param>
/// <param name="HeldBy">Number of the run that has it.</param>
public sealed record LeaseAnswer(long? Fence, long? HeldBy);

/// <summary>Somebody acts for a run that has lost its target, or never had it.</summary>
public sealed class StaleFenceException(string target, long runId, long fence)
    : Exception($"The fence {fence} of RUN-{runId} on '{target}' is stale: another run has had the target since. Nothing was written.");
