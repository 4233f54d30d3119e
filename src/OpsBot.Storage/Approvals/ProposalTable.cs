using Dapper;
using OpsBot.Contracts.Actions;
using OpsBot.Storage.Engine;
using OpsBot.Storage.Incidents;

namespace OpsBot.Storage.Approvals;

/// <summary>All SQL on proposals and approvals that takes part in a write. Each call is inside somebody's transaction.</summary>
public static class ProposalTable
{
    /// <summary>Takes the next number.</summary>
    public static Task<long> ReserveAsync(StoreTransaction transaction, DateTimeOffset now) =>
        transaction.Connection.ExecuteScalarAsync<long>(
            "insert into proposal_numbers (created_at) values (@now) returning id",
            new { now = now.ToUnixTimeMilliseconds() },
            transaction.Transaction);

    /// <summary>A version and all that was decided of it, held against other writers until the transaction ends.</summary>
    /// <param name="version">Null for the newest.</param>
    public static async Task<ProposalState?> FindAsync(StoreTransaction transaction, long id, int? version)
    {
        // A write that changes nothing takes the row lock on either engine: whoever decides at the same time waits here.
        if (await transaction.Connection.ExecuteAsync(
            "update proposals set status = status where id = @id", new { id }, transaction.Transaction) == 0)
        {
            return null;
        }

        var rows = (await transaction.Connection.QueryAsync<(string State, string Status, string Binding, long ExpiresAt)>(
            """
            select state, status, binding, expires_at from proposals where id = @id and (@version is null or version = @version)
            order by version desc limit 1
            """,
            new { id, version },
            transaction.Transaction)).AsList();
        return rows.Count == 0 ? null : await ReadAsync(transaction, rows[0]);
    }

    /// <summary>Newest versions of the proposals of one action for one incident that are not over.</summary>
    public static async Task<IReadOnlyList<Proposal>> LiveAsync(StoreTransaction transaction, long? incidentId, string action) =>
        (await transaction.Connection.QueryAsync<string>(
            """
            select p.state from proposals p
            where p.action = @action and p.status in ('open', 'approved', 'running')
              and (p.incident_id = @incidentId or (p.incident_id is null and @incidentId is null))
              and p.version = (select max(n.version) from proposals n where n.id = p.id)
            order by p.id desc limit 50
            """,
            new { incidentId, action },
            transaction.Transaction))
        .Select(IncidentTable.Read<Proposal>).ToList();

    /// <summary>Proposals of an action that are at work, for whatever incident; the newest few.</summary>
    public static async Task<IReadOnlyList<Proposal>> RunningAsync(StoreTransaction transaction, string action) =>
        [.. (await transaction.Connection.QueryAsync<string>(
            "select state from proposals where status = 'running' and action = @action order by id desc limit 50", new { action }, transaction.Transaction))
            .Select(IncidentTable.Read<Proposal>)];

    /// <summary>Writes what differs from <paramref name="before"/>.</summary>
    /// <exception cref="InvalidOperationException">Another transaction has written a version or used a slot that this one thought was free.</exception>
    public static async Task SaveAsync(StoreTransaction transaction, ProposalState? before, ProposalState after)
    {
        await SaveProposalAsync(transaction, before?.Proposal, after.Proposal);
        foreach (var approval in after.Approvals.Except(before?.Approvals ?? []))
        {
            await SaveApprovalAsync(transaction, approval);
        }

        foreach (var slot in after.Used.Except(before?.Used ?? []))
        {
            var isNew = before is null || before.Used.All(used => used.Slot != slot.Slot);
            await SaveSlotAsync(transaction, after.Proposal, slot, isNew);
        }
    }

    private static async Task SaveProposalAsync(StoreTransaction transaction, Proposal? before, Proposal proposal)
    {
        if (before == proposal)
        {
            return;
        }

        var written = await transaction.Connection.ExecuteAsync(
            before is null
                ? """
                  insert into proposals (id, version, incident_id, action, status, binding, expires_at, state)
                  values (@Id, @Version, @IncidentId, @Action, @status, @hash, @expires, @state) on conflict do nothing
                  """
                : "update proposals set status = @status, state = @state where id = @Id and version = @Version and binding = @hash",
            new
            {
                proposal.Id,
                proposal.Version,
                proposal.IncidentId,
                proposal.Action,
                status = IncidentTable.Word(proposal.Status),
                hash = proposal.Binding.Hash,
                expires = proposal.ExpiresAt.ToUnixTimeMilliseconds(),
                state = IncidentTable.Write(proposal),
            },
            transaction.Transaction);
        Require(written, $"{proposal.Name} version {proposal.Version}");
    }

    private static Task SaveApprovalAsync(StoreTransaction transaction, Approval approval) => transaction.Connection.ExecuteAsync(
        """
        insert into approvals (proposal_id, version, person, approved, at, binding, reason, voided_because)
        values (@ProposalId, @Version, @Person, @approved, @at, @Hash, @Reason, @VoidedBecause)
        on conflict (proposal_id, version, person) do update set
          approved = excluded.approved, at = excluded.at, binding = excluded.binding, reason = excluded.reason, voided_because = excluded.voided_because
        """,
        new
        {
            approval.ProposalId,
            approval.Version,
            approval.Person,
            approved = approval.Approved ? 1 : 0,
            at = approval.At.ToUnixTimeMilliseconds(),
            approval.Hash,
            approval.Reason,
            approval.VoidedBecause,
        },
        transaction.Transaction);

    private static async Task SaveSlotAsync(StoreTransaction transaction, Proposal proposal, UsedSlot used, bool isNew)
    {
        var written = await transaction.Connection.ExecuteAsync(
            isNew
                ? """
                  insert into proposal_slots (proposal_id, version, slot, at, binding, outcome)
                  values (@Id, @Version, @Slot, @at, @Hash, @outcome) on conflict do nothing
                  """
                : "update proposal_slots set outcome = @outcome where proposal_id = @Id and version = @Version and slot = @Slot",
            new
            {
                proposal.Id,
                proposal.Version,
                used.Slot,
                at = used.At.ToUnixTimeMilliseconds(),
                used.Hash,
                outcome = used.Outcome is { } outcome ? IncidentTable.Word(outcome) : null,
            },
            transaction.Transaction);
        Require(written, $"Slot {used.Slot} of {proposal.Name} version {proposal.Version}");
    }

    private static async Task<ProposalState> ReadAsync(StoreTransaction transaction, (string State, string Status, string Binding, long ExpiresAt) row)
    {
        var proposal = IncidentTable.Read<Proposal>(row.State);
        var slots = await transaction.Connection.QueryAsync<(long Slot, long At, string Binding, string? Outcome)>(
            "select slot, at, binding, outcome from proposal_slots where proposal_id = @Id and version = @Version order by slot",
            new { proposal.Id, proposal.Version },
            transaction.Transaction);
        return new ProposalState(
            proposal,
            await ApprovalRows.OfAsync(transaction.Connection, transaction.Transaction, proposal.Id, proposal.Version),
            [.. slots.Select(slot => new UsedSlot((int)slot.Slot, Time(slot.At), slot.Binding, Outcome(slot.Outcome)))])
        {
            Intact = row.Binding == proposal.Binding.Hash && row.Status == IncidentTable.Word(proposal.Status)
                && row.ExpiresAt == proposal.ExpiresAt.ToUnixTimeMilliseconds(),
        };
    }

    private static RunStatus? Outcome(string? word) => word is null ? null : IncidentTable.Read<RunStatus>($"\"{word}\"");

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    private static void Require(int written, string what)
    {
        if (written != 1)
        {
            throw new InvalidOperationException($"{what} was written by somebody else meanwhile; nothing was changed.");
        }
    }
}
