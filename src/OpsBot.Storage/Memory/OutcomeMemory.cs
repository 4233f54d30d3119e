using Dapper;
using OpsBot.Contracts.Diagnoses;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Memory;
using OpsBot.Contracts.Ports;
using OpsBot.Storage.Engine;
using OpsBot.Storage.Incidents;

namespace OpsBot.Storage.Memory;

/// <summary>Reads what earlier incidents taught.</summary>
internal sealed class OutcomeMemory(IStoreReader store) : IOutcomeMemory
{
    public Task<IReadOnlyList<Outcome>> ListAsync(int limit, CancellationToken cancellationToken) => store.ReadAsync<IReadOnlyList<Outcome>>(
        async connection => (await connection.QueryAsync<SimilarOutcomes.Row>(
            $"select o.state as State, {SimilarOutcomes.Counts} from outcomes o order by o.resolved_at desc, o.incident_id desc limit @limit", new { limit }))
            .Select(row => row.Read()).ToList(),
        cancellationToken);

    public Task<Outcome?> FindAsync(long incidentId, CancellationToken cancellationToken) => store.ReadAsync(
        async connection => (await connection.QuerySingleOrDefaultAsync<SimilarOutcomes.Row>(
            $"select o.state as State, {SimilarOutcomes.Counts} from outcomes o where o.incident_id = @incidentId", new { incidentId }))?.Read(),
        cancellationToken);

    public Task<IReadOnlyList<EarlierFix>> FixesForAsync(long incidentId, CancellationToken cancellationToken) => store.ReadAsync(
        async connection =>
        {
            var state = await connection.QuerySingleOrDefaultAsync<string>(
                "select state from incidents where id = @incidentId and state <> ''", new { incidentId });
            if (state is null)
            {
                return [];
            }

            var report = (await connection.QueryAsync<string>(
                "select report from diagnoses where incident_id = @incidentId order by generation desc limit 1", new { incidentId }))
                .Select(IncidentTable.Read<DiagnosisReport>).FirstOrDefault();
            var similar = await SimilarOutcomes.FindAsync(connection, IncidentTable.Read<Incident>(state), report?.Likeliest);
            return Ranked(similar);
        },
        cancellationToken);

    /// <summary>What worked before what did not; within that, as the incidents are ranked.</summary>
    private static IReadOnlyList<EarlierFix> Ranked(IReadOnlyList<SimilarOutcome> similar) =>
    [
        .. similar.SelectMany(found => found.Outcome.Fixed.Select(run => Fix(found, run, worked: true))),
        .. similar.SelectMany(found => found.Outcome.DidNotHelp.Select(run => Fix(found, run, worked: false))),
    ];

    private static EarlierFix Fix(SimilarOutcome found, OutcomeRun run, bool worked) =>
        new(found.Outcome.IncidentId, found.Likeness.Words, run, worked, found.Outcome.Duration);
}
