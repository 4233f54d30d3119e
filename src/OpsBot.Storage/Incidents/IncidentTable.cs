using System.Text.Json;
using Dapper;
using OpsBot.Contracts;
using OpsBot.Contracts.Diagnoses;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Incidents;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Incidents;

/// <summary>An alert that is known, with the incident it belongs to.</summary>
public sealed record KnownAlert(Incident Incident, IncidentAlert Alert);

/// <summary>An incident that an alert might belong to, with a few of its newest alerts.</summary>
public sealed record RecentIncident(Incident Incident, IReadOnlyList<IncidentAlert> NewestAlerts);

/// <summary>All SQL on incidents that takes part in a write. Each call is inside somebody's transaction.</summary>
public static class IncidentTable
{
    /// <summary>The newest use of what the sender calls the incident, open or not.</summary>
    public static async Task<KnownAlert?> FindByKeyAsync(StoreTransaction transaction, string environment, string source, string incidentKey) =>
        await KnownAsync(
            transaction,
            "a.environment = @environment and a.source = @source and a.incident_key = @incidentKey order by a.is_open desc, a.last_at desc, a.incident_id desc limit 1",
            new { environment, source, incidentKey }) is [var known, ..]
            ? known
            : null;

    /// <summary>Newest uses of a fingerprint since a time, open ones first.</summary>
    public static Task<IReadOnlyList<KnownAlert>> FindByFingerprintAsync(
        StoreTransaction transaction, string environment, string fingerprint, DateTimeOffset since, int limit) => KnownAsync(
            transaction,
            "a.environment = @environment and a.fingerprint = @fingerprint and (a.is_open = 1 or a.last_at >= @since) order by a.is_open desc, a.last_at desc limit @limit",
            new { environment, fingerprint, since = since.ToUnixTimeMilliseconds(), limit });

    /// <summary>Incidents of an environment that are not resolved and heard of since a time, newest first, each with its newest alerts.</summary>
    public static async Task<IReadOnlyList<RecentIncident>> RecentOpenAsync(
        StoreTransaction transaction, string environment, DateTimeOffset since, int limit, int alertsEach)
    {
        var states = await transaction.Connection.QueryAsync<string>(
            "select state from incidents where environment = @environment and status <> 'resolved' and last_event_at >= @since order by last_event_at desc limit @limit",
            new { environment, since = since.ToUnixTimeMilliseconds(), limit },
            transaction.Transaction);
        var found = new List<RecentIncident>();
        foreach (var incident in states.Select(Read<Incident>))
        {
            var alerts = await transaction.Connection.QueryAsync<string>(
                "select state from incident_alerts where incident_id = @Id order by last_at desc limit @alertsEach",
                new { incident.Id, alertsEach },
                transaction.Transaction);
            found.Add(new RecentIncident(incident, alerts.Select(Read<IncidentAlert>).ToList()));
        }

        return found;
    }

    public static async Task<Incident?> FindAsync(StoreTransaction transaction, long id) =>
        await transaction.Connection.QuerySingleOrDefaultAsync<string>(
            "select state from incidents where id = @id", new { id }, transaction.Transaction) is { } state
            ? Read<Incident>(state)
            : null;

    /// <summary>Takes the next incident number.</summary>
    public static Task<long> ReserveAsync(StoreTransaction transaction, string environment, DateTimeOffset now) =>
        transaction.Connection.ExecuteScalarAsync<long>(
            """
            insert into incidents (environment, status, title, severity, opened_at, last_event_at, state)
            values (@environment, 'open', '', 'unknown', @now, @now, '') returning id
            """,
            new { environment, now = now.ToUnixTimeMilliseconds() },
            transaction.Transaction);

    /// <summary>Writes the state and the columns that are searched.</summary>
    public static Task SaveAsync(StoreTransaction transaction, Incident incident) => transaction.Connection.ExecuteAsync(
        """
        update incidents set environment = @Environment, status = @status, title = @Title, service = @Service, severity = @severity,
          opened_at = @opened, last_event_at = @last, resolved_at = @resolved, state = @state where id = @Id
        """,
        new
        {
            incident.Id,
            incident.Environment,
            incident.Title,
            incident.Service,
            status = Word(incident.Status),
            severity = Word(incident.Severity),
            opened = incident.OpenedAt.ToUnixTimeMilliseconds(),
            last = incident.LastEventAt.ToUnixTimeMilliseconds(),
            resolved = incident.ResolvedAt?.ToUnixTimeMilliseconds(),
            state = Write(incident),
        },
        transaction.Transaction);

    public static Task SaveAlertAsync(StoreTransaction transaction, Incident incident, IncidentAlert alert) =>
        transaction.Connection.ExecuteAsync(
            """
            insert into incident_alerts (incident_id, source, incident_key, fingerprint, environment, status, is_open, last_at, state)
            values (@Id, @Source, @IncidentKey, @Fingerprint, @Environment, @status, @open, @last, @state)
            on conflict (incident_id, source, incident_key) do update set
              fingerprint = excluded.fingerprint, status = excluded.status, is_open = excluded.is_open, last_at = excluded.last_at, state = excluded.state
            """,
            new
            {
                incident.Id,
                incident.Environment,
                alert.Source,
                alert.IncidentKey,
                alert.Fingerprint,
                status = Word(alert.Status),
                open = alert.Status == AlertStatus.Resolved ? 0 : 1,
                last = alert.LastAt.ToUnixTimeMilliseconds(),
                state = Write(alert),
            },
            transaction.Transaction);

    public static Task AddJoinAsync(StoreTransaction transaction, long incidentId, IncidentJoin join) =>
        transaction.Connection.ExecuteAsync(
            "insert into incident_joins (incident_id, at, reason, body) values (@incidentId, @at, @Reason, @body)",
            new { incidentId, at = join.At.ToUnixTimeMilliseconds(), join.Reason, body = Write(join) },
            transaction.Transaction);

    public static async Task AddTimelineAsync(StoreTransaction transaction, long incidentId, IEnumerable<TimelineEntry> entries)
    {
        foreach (var entry in entries)
        {
            await transaction.Connection.ExecuteAsync(
                "insert into timeline (incident_id, at, kind, text) values (@incidentId, @at, @Kind, @Text)",
                new { incidentId, at = entry.At.ToUnixTimeMilliseconds(), entry.Kind, entry.Text },
                transaction.Transaction);
        }
    }

    /// <summary>Keeps a diagnosis; one already kept for that generation stays.</summary>
    public static Task AddDiagnosisAsync(StoreTransaction transaction, long incidentId, StoredDiagnosis diagnosis) =>
        transaction.Connection.ExecuteAsync(
            """
            insert into diagnoses (incident_id, generation, at, reason, report) values (@incidentId, @Generation, @at, @Reason, @report)
            on conflict do nothing
            """,
            new { incidentId, diagnosis.Generation, at = diagnosis.At.ToUnixTimeMilliseconds(), diagnosis.Reason, report = Write(diagnosis.Report) },
            transaction.Transaction);

    internal static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, OpsBotJson.Options)!;

    internal static string Write<T>(T value) => JsonSerializer.Serialize(value, OpsBotJson.Options);

    /// <summary>An enum as it stands in a column: kebab case.</summary>
    internal static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());

    internal static StoredDiagnosis ReadDiagnosis(long generation, long at, string reason, string report) => new(
        (int)generation, DateTimeOffset.FromUnixTimeMilliseconds(at), reason, Read<DiagnosisReport>(report));

    private static async Task<IReadOnlyList<KnownAlert>> KnownAsync(StoreTransaction transaction, string where, object parameters) =>
        (await transaction.Connection.QueryAsync<(string Incident, string Alert)>(
            $"select i.state, a.state from incident_alerts a join incidents i on i.id = a.incident_id where {where}",
            parameters,
            transaction.Transaction))
        .Select(row => new KnownAlert(Read<Incident>(row.Incident), Read<IncidentAlert>(row.Alert)))
        .ToList();
}
