using Dapper;
using OpsBot.Contracts.Diagnoses;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Threads;
using OpsBot.Storage.Approvals;
using OpsBot.Storage.Engine;
using OpsBot.Storage.Memory;
using OpsBot.Storage.Messages;
using OpsBot.Storage.Watches;

namespace OpsBot.Storage.Incidents;

/// <summary>Reads incidents for pages, cards, commands and diagnosis.</summary>
internal sealed class IncidentReader(IStoreReader store) : IIncidentReader, IIncidentOverview
{
    private const int Shown = 200;
    private const int Earlier = 3;
    private const int ShownProposals = 20;
    private const int ShownWatches = 5;

    private const string Detail =
        """
        select state from incidents where id = @id and state <> '';
        select state from incident_alerts where incident_id = @id order by last_at desc limit @Shown;
        select generation, at, reason, report from diagnoses where incident_id = @id order by generation desc limit 1;
        select body from incident_joins where incident_id = @id order by id limit @Shown;
        select at, kind, text from (select id, at, kind, text from timeline where incident_id = @id order by at desc, id desc limit @Shown) newest order by at, id;
        select (select count(*) from messages m where m.dead_at is not null and {streams})
          -- A dead alert is of the newest incident that holds its key.
          + (select count(*) from incident_keys k join messages m on m.stream = k.source || '/' || k.incident_key and m.dead_at is not null
              where k.incident_id = @id and not exists (select 1 from incident_keys n
                where n.source = k.source and n.incident_key = k.incident_key and n.incident_id > k.incident_id));
        select delivery_id, at, kind, text from thread_replies where incident_id = @id order by id limit @Shown;
        """;

    internal static readonly string Counts = $"select {Number(IncidentStatus.Open)}, {Number(IncidentStatus.Acknowledged)}, {Number(IncidentStatus.Resolved)}";

    public Task<IReadOnlyList<Incident>> ListAsync(
        IReadOnlyCollection<IncidentStatus> status, int limit, int offset, CancellationToken cancellationToken) =>
        store.ReadAsync<IReadOnlyList<Incident>>(
            async connection => (await connection.QueryAsync<string>(
                $"select state from ({ListOf(status)}) listed order by id desc limit @limit offset @offset", new { limit, offset }))
                .Select(IncidentTable.Read<Incident>).ToList(),
            cancellationToken);

    // Each status by its own index: few are open among very many, and one condition over several statuses would go through all of them.
    internal static string ListOf(IReadOnlyCollection<IncidentStatus> status) => status.Count == 0
        ? "select id, state from incidents where state <> ''"
        : string.Join(" union all ", status.Distinct().Select(one =>
            $"select * from (select id, state from incidents where status = '{IncidentTable.Word(one)}' and state <> '' order by id desc limit @limit + @offset) {IncidentTable.Word(one)}_ones"));

    public Task<IncidentDetail?> FindAsync(long id, CancellationToken cancellationToken) => store.ReadAsync(
        async connection =>
        {
            // One exchange with the store: every edit of a card reads all of it.
            await using var answers = await connection.QueryMultipleAsync(
                Detail.Replace("{streams}", SqlLists.In(connection, "m.stream", "@streams"), StringComparison.Ordinal), new { id, Shown, streams = Streams.OfIncident(id) });
            var state = (await answers.ReadAsync<string>()).SingleOrDefault();
            var alerts = (await answers.ReadAsync<string>()).Select(IncidentTable.Read<IncidentAlert>).ToList();
            var diagnosis = (await answers.ReadAsync<(long Generation, long At, string Reason, string Report)>())
                .Select(row => IncidentTable.ReadDiagnosis(row.Generation, row.At, row.Reason, row.Report)).FirstOrDefault();
            var joins = (await answers.ReadAsync<string>()).Select(IncidentTable.Read<IncidentJoin>).ToList();
            var timeline = (await answers.ReadAsync<(long At, string Kind, string Text)>()).Select(row => new TimelineEntry(Time(row.At), row.Kind, row.Text)).ToList();
            var dead = (await answers.ReadAsync<long>()).Single();
            var replies = (await answers.ReadAsync<(string DeliveryId, long At, string Kind, string Text)>())
                .Select(row => new ThreadReply(row.DeliveryId, Time(row.At), row.Kind, row.Text)).DistinctBy(reply => reply.DeliveryId).ToList();
            if (state is null)
            {
                return null;
            }

            var incident = IncidentTable.Read<Incident>(state);
            return new IncidentDetail
            {
                Incident = incident,
                Alerts = alerts,
                Joins = joins,
                Timeline = timeline,
                Diagnosis = diagnosis,
                SeenBefore = (await SimilarOutcomes.FindAsync(connection, incident, diagnosis?.Report.Likeliest)).Take(Earlier).Select(Seen).ToList(),
                DeadMessages = (int)dead,
                Replies = replies,
                Proposals = await ActionReader.ProposalsAsync(connection, id, [], ShownProposals),
                Watches = await WatchReader.OfIncidentAsync(connection, id, ShownWatches),
            };
        },
        cancellationToken);

    public Task<IncidentCounts> CountAsync(CancellationToken cancellationToken) => store.ReadAsync(
        async connection =>
        {
            var (open, acknowledged, resolved) = await connection.QuerySingleAsync<(long, long, long)>(Counts, new { limit = IncidentCounts.CountedTo + 1 });
            return new IncidentCounts(open, acknowledged, resolved);
        },
        cancellationToken);

    public Task<IReadOnlyDictionary<long, DiagnosisBrief>> LatestDiagnosesAsync(
        IReadOnlyCollection<long> incidentIds, CancellationToken cancellationToken) =>
        store.ReadAsync<IReadOnlyDictionary<long, DiagnosisBrief>>(
            async connection => (await connection.QueryAsync<(long Incident, string Report)>(
                $"""
                select d.incident_id, d.report from diagnoses d
                where {SqlLists.In(connection, "d.incident_id", "@ids")}
                  and d.generation = (select max(generation) from diagnoses n where n.incident_id = d.incident_id)
                """,
                new { ids = incidentIds.ToArray() }))
                .ToDictionary(row => row.Incident, row => Brief(IncidentTable.Read<DiagnosisReport>(row.Report))),
            cancellationToken);

    private static string Number(IncidentStatus status) =>
        $"(select count(*) from (select 1 from incidents where status = '{IncidentTable.Word(status)}' limit @limit) {IncidentTable.Word(status)}_ones)";

    private static DiagnosisBrief Brief(DiagnosisReport report) =>
        report.Causes is [var top, ..] ? new DiagnosisBrief(top.Statement, top.Confidence) : new DiagnosisBrief(null, null);

    private static SeenBefore Seen(SimilarOutcome found) =>
        new(found.Outcome.IncidentId, found.Outcome.Title, found.Outcome.ResolvedAt, found.Outcome.Duration, found.Likeness.Words)
        {
            Fixed = found.Outcome.Fixed,
            DidNotHelp = found.Outcome.DidNotHelp,
            Used = found.Outcome.Used,
            Helpful = found.Outcome.Helpful,
        };

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
