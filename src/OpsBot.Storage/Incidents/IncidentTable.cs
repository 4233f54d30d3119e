using System.Text.Json;
using Dapper;
using OpsBot.Contracts;
using OpsBot.Contracts.Diagnoses;
using OpsBot.Contracts.Incidents;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Incidents;

/// <summary>An incident that an alert might belong to, with a few of its newest alerts.</summary>
public sealed record RecentIncident(Incident Incident, IReadOnlyList<IncidentAlert> NewestAlerts);

/// <summary>All SQL on incidents that takes part in a write. Each call is inside somebody's transaction.</summary>
public static class IncidentTable
{
    private const string Recent =
        """
        select id, last_event_at, state from incidents
        where environment = @environment and last_event_at >= @since and state <> ''
          and (status <> 'resolved' or resolved_at between @from and @to)
        order by last_event_at desc limit @limit
        """;

    /// <summary>What an incident knows of an alert; null for nothing.</summary>
    public static async Task<IncidentAlert?> FindAlertAsync(StoreTransaction transaction, long incidentId, string source, string incidentKey) =>
        await transaction.Connection.QuerySingleOrDefaultAsync<string>(
            "select state from incident_alerts where incident_id = @incidentId and source = @source and incident_key = @incidentKey",
            new { incidentId, source, incidentKey },
            transaction.Transaction) is { } state
            ? Read<IncidentAlert>(state)
            : null;

    /// <summary>Alerts of a sender's fingerprint that are not resolved, in whichever incident, newest first.</summary>
    public static async Task<IReadOnlyList<IncidentAlert>> FindActiveAlertsAsync(
        StoreTransaction transaction, string environment, string source, string fingerprint, int limit) =>
        (await transaction.Connection.QueryAsync<string>(
            """
            select state from incident_alerts
            where source = @source and fingerprint = @fingerprint and environment = @environment and status <> 'resolved'
            order by last_at desc limit @limit
            """,
            new { environment, source, fingerprint, limit },
            transaction.Transaction))
        .Select(Read<IncidentAlert>).ToList();

    /// <summary>Incidents of an environment heard of since a time, newest first, each with its newest alerts.</summary>
    /// <param name="resolved">Resolved ones only where they were within this; null for none.</param>
    public static async Task<IReadOnlyList<RecentIncident>> RecentAsync(
        StoreTransaction transaction, string environment, DateTimeOffset since, TimeWindow? resolved, int limit, int alertsEach)
    {
        var parameters = new
        {
            environment,
            since = since.ToUnixTimeMilliseconds(),
            from = resolved?.From.ToUnixTimeMilliseconds(),
            to = resolved?.To.ToUnixTimeMilliseconds(),
            limit,
            alertsEach,
        };
        if (transaction.Dialect.IsRemote)
        {
            var rows = await transaction.Connection.QueryAsync<(long Id, string Incident, string? Alert)>(
                $"""
                select i.id, i.state, a.state from ({Recent}) i
                left join lateral (select state, last_at from incident_alerts where incident_id = i.id order by last_at desc limit @alertsEach) a on true
                order by i.last_event_at desc, i.id, a.last_at desc
                """,
                parameters,
                transaction.Transaction);
            return
            [
                .. rows.GroupBy(row => row.Id).Select(each => new RecentIncident(
                    Read<Incident>(each.First().Incident), [.. each.Where(row => row.Alert is not null).Select(row => Read<IncidentAlert>(row.Alert!))])),
            ];
        }

        var found = new List<RecentIncident>();
        foreach (var incident in (await transaction.Connection.QueryAsync<(long Id, long Last, string State)>(Recent, parameters, transaction.Transaction)).Select(row => Read<Incident>(row.State)))
        {
            var alerts = await transaction.Connection.QueryAsync<string>(
                "select state from incident_alerts where incident_id = @Id order by last_at desc limit @alertsEach",
                new { incident.Id, alertsEach },
                transaction.Transaction);
            found.Add(new RecentIncident(incident, alerts.Select(Read<IncidentAlert>).ToList()));
        }

        return found;
    }

    /// <summary>An incident with what the flow remembers of it.</summary>
    public static async Task<(Incident Incident, string Memory)?> FindAsync(StoreTransaction transaction, long id)
    {
        if (transaction.Seen<ForeseenIncidents>()?.Incident(id) is { } foreseen)
        {
            return foreseen;
        }

        var rows = (await transaction.Connection.QueryAsync<(string State, string Memory)>(
            "select state, memory from incidents where id = @id and state <> ''", new { id }, transaction.Transaction)).AsList();
        return rows.Count == 0 ? null : (Read<Incident>(rows[0].State), rows[0].Memory);
    }

    /// <summary>Takes the next incident number.</summary>
    public static Task<long> ReserveAsync(StoreTransaction transaction, string environment, DateTimeOffset now) =>
        transaction.Connection.ExecuteScalarAsync<long>(
            """
            insert into incidents (environment, status, title, severity, opened_at, last_event_at, state, memory)
            values (@environment, 'open', '', 'unknown', @now, @now, '', '') returning id
            """,
            new { environment, now = now.ToUnixTimeMilliseconds() },
            transaction.Transaction);

    /// <summary>Writes the state and the columns that are searched.</summary>
    /// <param name="memory">What the flow remembers beside the incident, as JSON.</param>
    /// <param name="before">The incident as it stood in this transaction, where that is known.</param>
    public static async Task SaveAsync(StoreTransaction transaction, Incident incident, string memory, Incident? before = null)
    {
        transaction.Seen<ForeseenIncidents>()?.Saved(incident, memory, before);
        await transaction.DeferAsync(
        """
        update incidents set environment = @Environment, status = @status, title = @Title, service = @Service, severity = @severity,
          opened_at = @opened, last_event_at = @last, resolved_at = @resolved, state = @state, memory = @memory where id = @Id
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
            memory,
        }, replaces: ("incidents", incident.Id, ""));
        if (before is null || IsOpen(before) != IsOpen(incident))
        {
            // others may get back keys that it had, or lose them to it
            transaction.ForgetFirsts();
        }

        if (!transaction.IsFirst(("incident_keys", incident.Id)) && before is not null && IsOpen(before) == IsOpen(incident))
        {
            // its keys are as it has them since the first of these writes
            return;
        }

        await transaction.DeferAsync(
            // A key that another open incident has taken meanwhile stays with that one.
            """
            update incident_keys set is_open = @open where incident_id = @Id and is_open <> @open
              and (@open = 0 or not exists (select 1 from incident_keys o
                where o.environment = incident_keys.environment and o.source = incident_keys.source
                  and o.incident_key = incident_keys.incident_key and o.is_open = 1 and o.incident_id <> @Id))
            """,
            new { incident.Id, open = IsOpen(incident) ? 1 : 0 });
    }

    /// <summary>Writes what is known of an alert, and binds its sender's incident key to this incident.</summary>
    /// <param name="previous">What the incident knew of it before.</param>
    /// <param name="known">The incident as it was found by the alert's key; null where it was not.</param>
    public static async Task SaveAlertAsync(
        StoreTransaction transaction, Incident incident, IncidentAlert alert, IncidentAlert? previous = null, KnownIncident? known = null)
    {
        transaction.Seen<ForeseenIncidents>()?.Saved(incident, alert, previous);
        await transaction.DeferAsync(
            """
            insert into incident_alerts (incident_id, source, incident_key, fingerprint, environment, status, last_at, state)
            values (@Id, @Source, @IncidentKey, @Fingerprint, @Environment, @status, @last, @state)
            on conflict (incident_id, source, incident_key) do update set
              fingerprint = excluded.fingerprint, status = excluded.status, last_at = excluded.last_at, state = excluded.state
            """,
            new
            {
                incident.Id,
                incident.Environment,
                alert.Source,
                alert.IncidentKey,
                alert.Fingerprint,
                status = Word(alert.Status),
                last = alert.LastAt.ToUnixTimeMilliseconds(),
                state = Write(alert),
            });
        if (known is not null && known.KeyEnvironment == incident.Environment && known.KeyIsOpen == IsOpen(incident))
        {
            // bound to it already, as it would be now
            return;
        }

        await transaction.DeferAsync(
            """
            insert into incident_keys (incident_id, environment, source, incident_key, is_open)
            values (@Id, @Environment, @Source, @IncidentKey, case when exists (select 1 from incident_keys o
              where o.environment = @Environment and o.source = @Source and o.incident_key = @IncidentKey and o.is_open = 1 and o.incident_id <> @Id)
              then 0 else @open end)
            on conflict (source, incident_key, environment, incident_id) do update set is_open = excluded.is_open where incident_keys.is_open <> excluded.is_open
            """,
            new { incident.Id, incident.Environment, alert.Source, alert.IncidentKey, open = IsOpen(incident) ? 1 : 0 });
    }

    internal static bool IsOpen(Incident incident) => incident.Status != IncidentStatus.Resolved;

    public static Task AddJoinAsync(StoreTransaction transaction, long incidentId, IncidentJoin join) =>
        transaction.DeferAsync(
            "insert into incident_joins (incident_id, at, reason, body) values (@incidentId, @at, @Reason, @body)",
            new { incidentId, at = join.At.ToUnixTimeMilliseconds(), join.Reason, body = Write(join) });

    public static async Task AddTimelineAsync(StoreTransaction transaction, long incidentId, IEnumerable<TimelineEntry> entries)
    {
        foreach (var entry in entries)
        {
            await transaction.DeferAsync(
                "insert into timeline (incident_id, at, kind, text) values (@incidentId, @at, @Kind, @Text)",
                new { incidentId, at = entry.At.ToUnixTimeMilliseconds(), entry.Kind, entry.Text });
        }
    }

    /// <summary>Keeps a diagnosis; one already kept for that generation stays.</summary>
    public static Task AddDiagnosisAsync(StoreTransaction transaction, long incidentId, StoredDiagnosis diagnosis) =>
        transaction.DeferAsync(
            """
            insert into diagnoses (incident_id, generation, at, reason, report) values (@incidentId, @Generation, @at, @Reason, @report)
            on conflict do nothing
            """,
            new { incidentId, diagnosis.Generation, at = diagnosis.At.ToUnixTimeMilliseconds(), diagnosis.Reason, report = Write(diagnosis.Report) });

    internal static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, OpsBotJson.Options)!;

    internal static string Write<T>(T value) => JsonSerializer.Serialize(value, OpsBotJson.Options);

    /// <summary>An enum as it stands in a column: kebab case.</summary>
    internal static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());

    internal static StoredDiagnosis ReadDiagnosis(long generation, long at, string reason, string report) => new(
        (int)generation, DateTimeOffset.FromUnixTimeMilliseconds(at), reason, Read<DiagnosisReport>(report));
}
