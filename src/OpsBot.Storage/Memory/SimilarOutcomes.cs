using System.Data.Common;
using Dapper;
using OpsBot.Contracts.Diagnoses;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Memory;
using OpsBot.Storage.Incidents;

namespace OpsBot.Storage.Memory;

/// <summary>An earlier outcome that resembles an incident, and how.</summary>
internal sealed record SimilarOutcome(Outcome Outcome, OutcomeLikeness Likeness);

/// <summary>Finds the outcomes of earlier incidents that resemble one: few rows by index, judged by <see cref="OutcomeLikeness"/>.</summary>
internal static class SimilarOutcomes
{
    private const int SameAlerts = 20;
    private const int SameService = 50;

    private static readonly TimeSpan Within = TimeSpan.FromDays(180);

    // An incident that is open again is over for nobody. 'coalesce' keeps SQLite from beginning with all incidents that are resolved.
    internal const string SameAlertsQuery =
        $"""
        select o.state as State, {Counts}, count(distinct f.fingerprint) as Shared
        from incident_alerts mine
        join outcome_fingerprints f on f.environment = mine.environment and f.fingerprint = mine.fingerprint
        join outcomes o on o.incident_id = f.incident_id
        join incidents i on i.id = o.incident_id
        where mine.incident_id = @Id and o.incident_id < @Id and o.resolved_at >= @since and coalesce(i.status, '') = 'resolved'
        group by o.incident_id, o.state order by count(distinct f.fingerprint) desc, o.incident_id desc limit @SameAlerts
        """;

    internal const string SameServiceQuery =
        $"""
        select o.state as State, {Counts}, 0 as Shared from outcomes o join incidents i on i.id = o.incident_id
        where o.environment = @Environment and o.service = @Service and o.incident_id < @Id and o.resolved_at >= @since and coalesce(i.status, '') = 'resolved'
        order by o.resolved_at desc limit @SameService
        """;

    /// <summary>The most similar first, of two that are as similar the newer one.</summary>
    public static async Task<IReadOnlyList<SimilarOutcome>> FindAsync(DbConnection connection, Incident incident, CauseKind? likeliest)
    {
        var parameters = new
        {
            incident.Id,
            incident.Environment,
            incident.Service,
            since = (incident.OpenedAt - Within).ToUnixTimeMilliseconds(),
            SameAlerts,
            SameService,
        };
        var shared = await connection.QueryAsync<Row>(SameAlertsQuery, parameters);
        var neighbours = await connection.QueryAsync<Row>(SameServiceQuery, parameters);
        return
        [
            .. shared.Concat(neighbours)
                .Select(row => (Outcome: row.Read(), row.Shared))
                .DistinctBy(found => found.Outcome.IncidentId)
                .Select(found => (found.Outcome, Likeness: OutcomeLikeness.Of(incident, likeliest, found.Outcome, (int)found.Shared)))
                .Where(found => found.Likeness is not null)
                .Select(found => new SimilarOutcome(found.Outcome, found.Likeness!))
                .OrderByDescending(found => found.Likeness.Score)
                .ThenByDescending(found => found.Outcome.ResolvedAt),
        ];
    }

    /// <summary>The counters of an outcome <c>o</c>.</summary>
    internal const string Counts =
        """
        (select count(*) from outcome_uses u where u.outcome_id = o.incident_id) as Used,
        (select count(*) from outcome_uses u where u.outcome_id = o.incident_id and u.helpful = 1) as Helpful
        """;

    internal sealed class Row
    {
        public string State { get; init; } = "";

        public long Used { get; init; }

        public long Helpful { get; init; }

        public long Shared { get; init; }

        public Outcome Read() => IncidentTable.Read<Outcome>(State) with { Used = (int)Used, Helpful = (int)Helpful };
    }
}
