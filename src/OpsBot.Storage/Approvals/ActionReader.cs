using System.Data.Common;
using Dapper;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Ports;
using OpsBot.Storage.Engine;
using OpsBot.Storage.Incidents;

namespace OpsBot.Storage.Approvals;

/// <summary>Reads proposals and runs for pages, cards and commands.</summary>
internal sealed class ActionReader(IStoreReader store) : IActionReader
{
    public Task<IReadOnlyList<ProposalView>> ProposalsAsync(
        long? incidentId, IReadOnlyCollection<ProposalStatus> status, int limit, CancellationToken cancellationToken) =>
        store.ReadAsync(connection => ProposalsAsync(connection, incidentId, status, limit), cancellationToken);

    public Task<ProposalView?> FindProposalAsync(long id, int? version, CancellationToken cancellationToken) => store.ReadAsync(
        async connection =>
        {
            var state = await connection.QueryFirstOrDefaultAsync<string>(
                "select state from proposals where id = @id and (@version is null or version = @version) order by version desc limit 1",
                new { id, version });
            return state is null ? null : (await ViewsAsync(connection, [IncidentTable.Read<Proposal>(state)]))[0];
        },
        cancellationToken);

    public Task<IReadOnlyList<ActionRun>> RunsAsync(
        IReadOnlyCollection<RunStatus> status, int limit, CancellationToken cancellationToken) =>
        store.ReadAsync<IReadOnlyList<ActionRun>>(
            async connection => (await connection.QueryAsync<string>(
                $"select state from action_runs where @all or {SqlLists.In(connection, "status", "@words")} order by id desc limit @limit",
                new { all = status.Count == 0, words = status.Select(IncidentTable.Word).ToArray(), limit }))
                .Select(IncidentTable.Read<ActionRun>).ToList(),
            cancellationToken);

    public Task<ActionRun?> FindRunAsync(long id, CancellationToken cancellationToken) => store.ReadAsync(
        async connection => await connection.QuerySingleOrDefaultAsync<string>("select state from action_runs where id = @id", new { id })
            is { } state ? IncidentTable.Read<ActionRun>(state) : null,
        cancellationToken);

    public Task<ActionSwitch> SwitchAsync(CancellationToken cancellationToken) =>
        store.ReadAsync(connection => SwitchTable.ReadAsync(connection, transaction: null), cancellationToken);

    /// <summary>Newest version of each, newest proposal first.</summary>
    internal static async Task<IReadOnlyList<ProposalView>> ProposalsAsync(
        DbConnection connection, long? incidentId, IReadOnlyCollection<ProposalStatus> status, int limit)
    {
        var proposals = (await connection.QueryAsync<string>(
            $"""
            select p.state from proposals p
            where (@incidentId is null or p.incident_id = @incidentId) and (@all or {SqlLists.In(connection, "p.status", "@words")})
              and p.version = (select max(n.version) from proposals n where n.id = p.id)
            order by p.id desc limit @limit
            """,
            new { incidentId, all = status.Count == 0, words = status.Select(IncidentTable.Word).ToArray(), limit }))
            .Select(IncidentTable.Read<Proposal>).ToList();
        return await ViewsAsync(connection, proposals);
    }

    private static async Task<IReadOnlyList<ProposalView>> ViewsAsync(DbConnection connection, IReadOnlyList<Proposal> proposals)
    {
        if (proposals.Count == 0)
        {
            return [];
        }

        var ids = proposals.Select(proposal => proposal.Id).ToArray();
        var approvals = (await ApprovalRows.OfAsync(connection, ids)).ToLookup(approval => (approval.ProposalId, approval.Version));
        var runs = (await connection.QueryAsync<string>($"select state from action_runs where {SqlLists.In(connection, "proposal_id", "@ids")} order by id", new { ids }))
            .Select(IncidentTable.Read<ActionRun>).ToLookup(run => (run.ProposalId, run.Version));
        return
        [
            .. proposals.Select(proposal => new ProposalView(
                proposal, [.. approvals[(proposal.Id, proposal.Version)]], [.. runs[(proposal.Id, proposal.Version)]])),
        ];
    }
}
