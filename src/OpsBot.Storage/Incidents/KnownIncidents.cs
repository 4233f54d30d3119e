using Dapper;
using OpsBot.Contracts.Incidents;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Incidents;

/// <summary>An incident that holds an alert's key: with what the flow remembers of it, and what it knows of the alert.</summary>
public sealed record KnownIncident(Incident Incident, string Memory, IncidentAlert? Alert);

/// <summary>What the store knows of an alert that came in.</summary>
/// <param name="ByKey">Incidents that hold an alert of its sender's incident key, open ones first, then the newest.</param>
/// <param name="ByFingerprint">Incidents that hold an alert of its sender's fingerprint, those not resolved first, then the newest.</param>
/// <param name="Orphan">The newest resolve that overtook it, by the sender's time, and when that reached us first; null where there is none.</param>
public sealed record KnownIncidents(
    IReadOnlyList<KnownIncident> ByKey, IReadOnlyList<Incident> ByFingerprint, (DateTimeOffset ResolvedAt, DateTimeOffset ReceivedAt)? Orphan)
{
    /// <summary>A person wants to hear nothing of the alert's fingerprint at the moment.</summary>
    public bool Muted { get; init; }

    // One exchange with the store: this is asked for every alert.
    private const string Sql =
        """
        select i.state, i.memory, a.state from incident_keys k join incidents i on i.id = k.incident_id
        left join incident_alerts a on a.incident_id = k.incident_id and a.source = k.source and a.incident_key = k.incident_key
        where k.source = @source and k.incident_key = @incidentKey
        order by case when k.environment = @environment then 0 else 1 end, k.is_open desc, k.incident_id desc limit @limit;
        select i.state from incident_alerts a join incidents i on i.id = a.incident_id
        where a.source = @source and a.fingerprint = @fingerprint
        order by case when a.environment = @environment then 0 else 1 end, case when i.status = 'resolved' then 1 else 0 end, i.id desc
        limit @limit;
        select resolved_at, received_at from orphan_resolves where environment = @environment and source = @source and incident_key = @incidentKey;
        select until from mutes where fingerprint = @muted and until > @now;
        """;

    /// <param name="limit">Incidents of each sort, at most.</param>
    /// <param name="muted">What a mute of it goes by.</param>
    public static async Task<KnownIncidents> OfAsync(
        StoreTransaction transaction, string environment, string source, string incidentKey, string fingerprint, int limit, string muted, DateTimeOffset now)
    {
        await using var answers = await transaction.Connection.QueryMultipleAsync(
            Sql, new { environment, source, incidentKey, fingerprint, limit, muted, now = now.ToUnixTimeMilliseconds() }, transaction.Transaction);
        var byKey = await answers.ReadAsync<(string Incident, string Memory, string? Alert)>();
        var byFingerprint = await answers.ReadAsync<string>();
        var orphan = (await answers.ReadAsync<(long Resolved, long Received)>()).AsList();
        var mutes = (await answers.ReadAsync<long>()).AsList();
        return new KnownIncidents(
            [
                .. byKey.Select(row => new KnownIncident(
                    IncidentTable.Read<Incident>(row.Incident), row.Memory, row.Alert is null ? null : IncidentTable.Read<IncidentAlert>(row.Alert))),
            ],
            [.. byFingerprint.Select(IncidentTable.Read<Incident>)],
            orphan is [var row, ..] ? (DateTimeOffset.FromUnixTimeMilliseconds(row.Resolved), DateTimeOffset.FromUnixTimeMilliseconds(row.Received)) : null)
        {
            Muted = mutes.Count > 0,
        };
    }
}
