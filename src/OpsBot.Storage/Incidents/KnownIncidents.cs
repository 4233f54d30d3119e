using Dapper;
using OpsBot.Contracts.Incidents;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Incidents;

/// <summary>An incident that holds an alert's key: with what the flow remembers of it, and what it knows of the alert.</summary>
/// <param name="KeyEnvironment">The environment in which it holds the key.</param>
/// <param name="KeyIsOpen">It holds it as the one open incident of the key.</param>
public sealed record KnownIncident(Incident Incident, string Memory, IncidentAlert? Alert, string KeyEnvironment, bool KeyIsOpen);

/// <summary>What the store knows of an alert that came in.</summary>
/// <param name="ByKey">Incidents that hold an alert of its sender's incident key, open ones first, then the newest.</param>
/// <param name="ByFingerprint">Incidents that hold an alert of its sender's fingerprint, those not resolved first, then the newest.</param>
/// <param name="Orphan">The newest resolve that overtook it, by the sender's time, and when that reached us first; null where there is none.</param>
public sealed record KnownIncidents(
    IReadOnlyList<KnownIncident> ByKey, IReadOnlyList<Incident> ByFingerprint, (DateTimeOffset ResolvedAt, DateTimeOffset ReceivedAt)? Orphan)
{
    /// <summary>Incidents of each sort, at most.</summary>
    public const int AtMost = 5;

    /// <summary>A person wants to hear nothing of the alert's fingerprint at the moment.</summary>
    public bool Muted { get; init; }

    // One exchange with the store: this is asked for every alert.
    private const string Sql =
        """
        select i.state as Incident, i.memory as Memory, a.state as Alert, k.environment as Environment, k.is_open as IsOpen from incident_keys k join incidents i on i.id = k.incident_id
        left join incident_alerts a on a.incident_id = k.incident_id and a.source = k.source and a.incident_key = k.incident_key
        where k.source = @Source and k.incident_key = @IncidentKey
        order by case when k.environment = @Environment then 0 else 1 end, k.is_open desc, k.incident_id desc limit @limit;
        select i.state from incident_alerts a join incidents i on i.id = a.incident_id
        where a.source = @Source and a.fingerprint = @Fingerprint
        order by case when a.environment = @Environment then 0 else 1 end, case when i.status = 'resolved' then 1 else 0 end, i.id desc
        limit @limit;
        select resolved_at, received_at from orphan_resolves where environment = @Environment and source = @Source and incident_key = @IncidentKey;
        select until from mutes where fingerprint = @MutedAs and until > @now;
        """;

    /// <summary>That this will be asked for: with those of other alerts it is then one exchange for all.</summary>
    public static Ahead Ahead(AlertIdentity alert) => new Ahead<AlertIdentity>(Look, alert);

    /// <summary>What is known of an alert as things stand in the transaction.</summary>
    public static async Task<KnownIncidents> OfAsync(StoreTransaction transaction, AlertIdentity alert, DateTimeOffset now)
    {
        if (transaction.Seen<ForeseenIncidents>()?.Of(alert, now) is { } foreseen)
        {
            return foreseen;
        }

        await using var answers = await transaction.Connection.QueryMultipleAsync(
            Sql, new { alert.Environment, alert.Source, alert.IncidentKey, alert.Fingerprint, alert.MutedAs, limit = AtMost, now = now.ToUnixTimeMilliseconds() }, transaction.Transaction);
        var byKey = await answers.ReadAsync<KeyRow>();
        var byFingerprint = await answers.ReadAsync<string>();
        var orphan = (await answers.ReadAsync<(long Resolved, long Received)>()).AsList();
        var mutes = (await answers.ReadAsync<long>()).AsList();
        return new KnownIncidents(
            [.. byKey.Select(row => row.ToKnown())],
            [.. byFingerprint.Select(IncidentTable.Read<Incident>)],
            orphan is [var row, ..] ? (DateTimeOffset.FromUnixTimeMilliseconds(row.Resolved), DateTimeOffset.FromUnixTimeMilliseconds(row.Received)) : null)
        {
            Muted = mutes.Count > 0,
        };
    }

    private static readonly LookAhead<AlertIdentity> Look = ForeseenIncidents.LookAsync;

    private sealed record KeyRow
    {
        public string Incident { get; init; } = "";

        public string Memory { get; init; } = "";

        public string? Alert { get; init; }

        public string Environment { get; init; } = "";

        public long IsOpen { get; init; }

        public KnownIncident ToKnown() => new(
            IncidentTable.Read<Incident>(Incident), Memory, Alert is null ? null : IncidentTable.Read<IncidentAlert>(Alert), Environment, IsOpen != 0);
    }
}
