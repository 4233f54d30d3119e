using Dapper;
using OpsBot.Contracts.Actions;
using OpsBot.Storage.Engine;
using OpsBot.Storage.Incidents;

namespace OpsBot.Storage.Actions;

/// <summary>A run, and what the execution remembers beside it, as JSON.</summary>
public sealed record StoredRun(ActionRun Run, string Journal);

/// <summary>All SQL on runs that takes part in a write. Each call is inside somebody's transaction.</summary>
public static class RunTable
{
    /// <summary>Makes the run of a slot; the one that there is stays.</summary>
    /// <param name="run">Its number is given by the store.</param>
    /// <param name="messageId">The row that drives it.</param>
    public static async Task<StoredRun> OpenAsync(StoreTransaction transaction, ActionRun run, string journal, long messageId)
    {
        // Looked for first: an insert that is turned away would use up a number all the same, and people count.
        if (await FindAsync(transaction, run.ProposalId, run.Version, run.Slot) is { } there)
        {
            return there;
        }

        var id = await transaction.Connection.ExecuteScalarAsync<long?>(
            """
            insert into action_runs (proposal_id, version, slot, incident_id, target, fence, status, host, message_id, state, journal)
            values (@ProposalId, @Version, @Slot, @IncidentId, @Target, @Fence, @status, @Host, @messageId, '', @journal)
            on conflict (proposal_id, version, slot) do nothing returning id
            """,
            new { run.ProposalId, run.Version, run.Slot, run.IncidentId, run.Target, run.Fence, status = IncidentTable.Word(run.Status), run.Host, messageId, journal },
            transaction.Transaction);
        if (id is null)
        {
            return (await FindAsync(transaction, run.ProposalId, run.Version, run.Slot))!;
        }

        var numbered = run with { Id = id.Value };
        await SaveAsync(transaction, numbered, journal, run.Fence);
        return new StoredRun(numbered, journal);
    }

    public static Task<StoredRun?> FindAsync(StoreTransaction transaction, long proposalId, int version, int slot) => FirstAsync(
        transaction, "proposal_id = @proposalId and version = @version and slot = @slot", new { proposalId, version, slot });

    public static Task<StoredRun?> FindAsync(StoreTransaction transaction, long id) => FirstAsync(transaction, "id = @id", new { id });

    /// <summary>Those of a version, by slot.</summary>
    public static async Task<IReadOnlyList<ActionRun>> OfProposalAsync(StoreTransaction transaction, long proposalId, int version) =>
        [.. (await transaction.Connection.QueryAsync<string>(
            "select state from action_runs where proposal_id = @proposalId and version = @version order by slot", new { proposalId, version }, transaction.Transaction))
            .Select(IncidentTable.Read<ActionRun>)];

    /// <summary>The last slot before this one whose run ended well.</summary>
    public static Task<StoredRun?> VerifiedBeforeAsync(StoreTransaction transaction, ActionRun run) => FirstAsync(
        transaction,
        "proposal_id = @ProposalId and version = @Version and slot < @Slot and status = 'verified' order by slot desc",
        new { run.ProposalId, run.Version, run.Slot });

    /// <summary>A run of another proposal that has done something to the target since this one had it; null where none has.</summary>
    public static Task<StoredRun?> OtherSinceAsync(StoreTransaction transaction, ActionRun run) => FirstAsync(
        transaction,
        "target = @Target and fence > @Fence and status not in ('waiting', 'checking', 'refused') and not (proposal_id = @ProposalId and version = @Version) order by id",
        new { run.Target, run.Fence, run.ProposalId, run.Version });

    /// <summary>Writes a run.</summary>
    /// <param name="fence">The fence that the writer knows it by.</param>
    /// <param name="undoWanted">It had ended and is to be undone.</param>
    /// <exception cref="StaleFenceException">The run has another one by now.</exception>
    public static async Task SaveAsync(StoreTransaction transaction, ActionRun run, string journal, long fence, bool undoWanted = false)
    {
        var written = await transaction.Connection.ExecuteAsync(
            "update action_runs set fence = @Fence, status = @status, host = @Host, state = @state, journal = @journal, undo_wanted = @undoWanted where id = @Id and fence = @known",
            new { run.Id, run.Fence, status = IncidentTable.Word(run.Status), run.Host, state = IncidentTable.Write(run), journal, undoWanted = undoWanted ? 1 : 0, known = fence },
            transaction.Transaction);
        if (written != 1)
        {
            throw new StaleFenceException(run.Target, run.Id, fence);
        }
    }

    /// <summary>Another row of messages drives it from now on.</summary>
    public static Task DriveAsync(StoreTransaction transaction, long id, long messageId) => transaction.Connection.ExecuteAsync(
        "update action_runs set message_id = @messageId where id = @id", new { id, messageId }, transaction.Transaction);

    /// <summary>Runs that are not over and that no row of messages drives any more: it was given up.</summary>
    public static async Task<IReadOnlyList<StoredRun>> StrandedAsync(StoreTransaction transaction) =>
        (await transaction.Connection.QueryAsync<(string State, string Journal)>(
            """
            select r.state, r.journal from action_runs r
            where r.status in ('waiting', 'checking', 'intended', 'exited', 'undoing') and not exists (
              select 1 from messages m where m.id = r.message_id and m.handled_at is null and m.dead_at is null) and not exists (
              select 1 from messages n where n.stream = 'proposal/' || r.proposal_id and n.handled_at is null and n.dead_at is null)
            union all
            select u.state, u.journal from action_runs u
            where u.undo_wanted = 1 and u.status <> 'undoing' and not exists (
              select 1 from messages d where d.stream = 'proposal/' || u.proposal_id and d.handled_at is null and d.dead_at is null)
            limit 100
            """,
            transaction: transaction.Transaction))
        .Select(Read).ToList();

    /// <summary>Runs whose machine has not taken their row up for a while.</summary>
    public static async Task<IReadOnlyList<StoredRun>> LeftByHostAsync(StoreTransaction transaction, string thisHost, DateTimeOffset dueBefore) =>
        (await transaction.Connection.QueryAsync<(string State, string Journal)>(
            """
            select r.state, r.journal from action_runs r join messages m on m.id = r.message_id
            where m.host <> @thisHost and m.due_at < @due and m.leased_by is null and m.handled_at is null and m.dead_at is null order by r.id limit 100
            """,
            new { thisHost, due = dueBefore.ToUnixTimeMilliseconds() },
            transaction.Transaction))
        .Select(Read).ToList();

    private static async Task<StoredRun?> FirstAsync(StoreTransaction transaction, string where, object parameters)
    {
        var rows = (await transaction.Connection.QueryAsync<(string State, string Journal)>(
            $"select state, journal from action_runs where {where} limit 1", parameters, transaction.Transaction)).AsList();
        return rows.Count == 0 ? null : Read(rows[0]);
    }

    private static StoredRun Read((string State, string Journal) row) => new(IncidentTable.Read<ActionRun>(row.State), row.Journal);
}
