using Dapper;
using OpsBot.Contracts.Incidents;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Incidents;

/// <summary>
/// What the store knows of all alerts of a group of writes, looked at once. It follows what the writes save, so that the next one finds what it
/// would have found in the store; where it cannot be sure it forgets, and the next one looks there.
/// </summary>
internal sealed class ForeseenIncidents
{
    private const string Find =
        """
        select w.number as Number, k.incident_id as IncidentId, k.environment as Environment, k.is_open as IsOpen, a.state as Alert
        from unnest(@numbers, @environments, @sources, @keys) as w (number, environment, source, incident_key)
        cross join lateral (select incident_id, environment, is_open from incident_keys
          where source = w.source and incident_key = w.incident_key
          order by case when environment = w.environment then 0 else 1 end, is_open desc, incident_id desc limit @limit) k
        left join incident_alerts a on a.incident_id = k.incident_id and a.source = w.source and a.incident_key = w.incident_key;
        select w.number as Number, f.id as IncidentId
        from unnest(@numbers, @environments, @sources, @fingerprints) as w (number, environment, source, fingerprint)
        cross join lateral (select i.id from incident_alerts a join incidents i on i.id = a.incident_id
          where a.source = w.source and a.fingerprint = w.fingerprint
          order by case when a.environment = w.environment then 0 else 1 end, case when i.status = 'resolved' then 1 else 0 end, i.id desc limit @limit) f;
        select w.number as Number, o.resolved_at as ResolvedAt, o.received_at as ReceivedAt
        from unnest(@numbers, @environments, @sources, @keys) as w (number, environment, source, incident_key)
        join orphan_resolves o on o.environment = w.environment and o.source = w.source and o.incident_key = w.incident_key;
        select fingerprint, until from mutes where fingerprint = any(@muted);
        """;

    private readonly Dictionary<AlertIdentity, Entry> _entries = [];
    private readonly Dictionary<long, (Incident Incident, string Memory)> _incidents = [];
    private Dictionary<string, long> _mutes = [];
    private readonly HashSet<(string Source, string IncidentKey)> _shared = [];

    /// <summary>Looks for incidents of the alerts, at most <see cref="KnownIncidents.AtMost"/> of each sort for each.</summary>
    public static async Task LookAsync(StoreTransaction transaction, IReadOnlyList<AlertIdentity> alerts)
    {
        var seen = new ForeseenIncidents();
        var distinct = alerts.Select(Identity).Distinct().ToArray();
        seen._shared.UnionWith(distinct.GroupBy(alert => (alert.Source, alert.IncidentKey)).Where(same => same.Skip(1).Any()).Select(same => same.Key));
        await using (var answers = await transaction.Connection.QueryMultipleAsync(
            Find,
            new
            {
                numbers = Enumerable.Range(0, distinct.Length).ToArray(),
                environments = Array.ConvertAll(distinct, alert => alert.Environment),
                sources = Array.ConvertAll(distinct, alert => alert.Source),
                keys = Array.ConvertAll(distinct, alert => alert.IncidentKey),
                fingerprints = Array.ConvertAll(distinct, alert => alert.Fingerprint),
                muted = alerts.Select(alert => alert.MutedAs).Distinct().ToArray(),
                limit = KnownIncidents.AtMost,
            },
            transaction.Transaction))
        {
            // in the order of the lateral lists, which a nested loop keeps
            var keys = (await answers.ReadAsync<KeyRow>()).ToLookup(row => row.Number);
            var fingerprints = (await answers.ReadAsync<(int Number, long IncidentId)>()).ToLookup(row => row.Number, row => row.IncidentId);
            var orphans = (await answers.ReadAsync<(int Number, long ResolvedAt, long ReceivedAt)>()).ToDictionary(row => row.Number);
            seen._mutes = (await answers.ReadAsync<(string Fingerprint, long Until)>()).ToDictionary(row => row.Fingerprint, row => row.Until, StringComparer.Ordinal);
            for (var number = 0; number < distinct.Length; number++)
            {
                seen._entries[distinct[number]] = new Entry(
                    [.. keys[number].Select(row => new HeldKey(row.IncidentId, row.Environment, row.IsOpen != 0, row.Alert is null ? null : IncidentTable.Read<IncidentAlert>(row.Alert)))],
                    [.. fingerprints[number]],
                    orphans.TryGetValue(number, out var orphan)
                        ? (DateTimeOffset.FromUnixTimeMilliseconds(orphan.ResolvedAt), DateTimeOffset.FromUnixTimeMilliseconds(orphan.ReceivedAt))
                        : null);
            }
        }

        foreach (var (id, state, memory) in await transaction.Connection.QueryAsync<(long, string, string)>(
            "select id, state, memory from incidents where id = any(@ids) and state <> ''",
            new { ids = seen._entries.Values.SelectMany(entry => entry.Incidents).Distinct().ToArray() },
            transaction.Transaction))
        {
            seen._incidents[id] = (IncidentTable.Read<Incident>(state), memory);
        }

        transaction.See(seen);
    }

    /// <summary>What is known of an alert; null where that is no longer sure.</summary>
    public KnownIncidents? Of(AlertIdentity alert, DateTimeOffset now)
    {
        if (!_entries.TryGetValue(Identity(alert), out var entry) || !entry.Incidents.All(_incidents.ContainsKey))
        {
            return null;
        }

        return new KnownIncidents(
            [
                .. entry.Keys.Select(key => new KnownIncident(
                    _incidents[key.IncidentId].Incident, _incidents[key.IncidentId].Memory, key.Alert, key.Environment, key.IsOpen)),
            ],
            [.. entry.Fingerprints.Select(id => _incidents[id].Incident)],
            entry.Orphan)
        {
            Muted = _mutes.TryGetValue(PostgresText.Storable(alert.MutedAs), out var until) && until > now.ToUnixTimeMilliseconds(),
        };
    }

    // What it is muted as follows from the rest; and what the store cannot tell apart is one.
    private static AlertIdentity Identity(AlertIdentity alert) => new(
        PostgresText.Storable(alert.Environment), PostgresText.Storable(alert.Source), PostgresText.Storable(alert.IncidentKey), PostgresText.Storable(alert.Fingerprint));

    /// <summary>An incident as it stands by now; null where it was not looked at.</summary>
    public (Incident Incident, string Memory)? Incident(long id) => _incidents.TryGetValue(id, out var known) ? known : null;

    /// <summary>
    /// An incident is saved. Of one that opened or closed all is forgotten that was in an order: it may stand elsewhere now, and where it opened again also in
    /// lists that had no room for it.
    /// </summary>
    /// <param name="known">The incident as it stood before; null for a new one.</param>
    public void Saved(Incident incident, string memory, Incident? known)
    {
        if (_incidents.TryGetValue(incident.Id, out var before)
            && IncidentTable.IsOpen(before.Incident) == IncidentTable.IsOpen(incident) && before.Incident.Environment == incident.Environment)
        {
            _incidents[incident.Id] = (incident, memory);
            return;
        }

        _incidents[incident.Id] = (incident, memory);
        var comesForward = known is not null && (known.Environment != incident.Environment || (IncidentTable.IsOpen(incident) && !IncidentTable.IsOpen(known)));
        Forget((_, entry) => (comesForward && entry.IsFull) || entry.Incidents.Contains(incident.Id));
    }

    /// <summary>An alert of an incident is saved.</summary>
    /// <param name="previous">What the incident knew of it before.</param>
    public void Saved(Incident incident, IncidentAlert alert, IncidentAlert? previous)
    {
        var own = Identity(new AlertIdentity(incident.Environment, alert.Source, alert.IncidentKey, alert.Fingerprint));
        var earlier = previous is null ? null : PostgresText.Storable(previous.Fingerprint);
        if (earlier == own.Fingerprint && _entries.TryGetValue(own, out var entry)
            && entry.Keys.FindIndex(key => key.IncidentId == incident.Id && key.Environment == incident.Environment) is >= 0 and var at
            && entry.Keys[at].IsOpen == IncidentTable.IsOpen(incident))
        {
            // Neither its key nor its fingerprint has come to another incident.
            entry.Keys[at] = entry.Keys[at] with { Alert = alert };
            if (_shared.Contains((own.Source, own.IncidentKey)))
            {
                Forget((other, _) => other != own && other.Source == own.Source && other.IncidentKey == own.IncidentKey);
            }

            return;
        }

        Forget((other, _) => other.Source == own.Source
            && (other.IncidentKey == own.IncidentKey || other.Fingerprint == own.Fingerprint || other.Fingerprint == earlier));
    }

    /// <summary>A resolve without an alert is kept for the alert.</summary>
    public void SavedOrphan(string source, string incidentKey) =>
        Forget((other, _) => other.Source == PostgresText.Storable(source) && other.IncidentKey == PostgresText.Storable(incidentKey));

    private void Forget(Func<AlertIdentity, Entry, bool> which)
    {
        foreach (var (alert, _) in _entries.Where(pair => which(pair.Key, pair.Value)).ToList())
        {
            _entries.Remove(alert);
        }
    }

    private sealed record Entry(List<HeldKey> Keys, IReadOnlyList<long> Fingerprints, (DateTimeOffset ResolvedAt, DateTimeOffset ReceivedAt)? Orphan)
    {
        /// <summary>There may be more than were looked at.</summary>
        public bool IsFull => Keys.Count >= KnownIncidents.AtMost || Fingerprints.Count >= KnownIncidents.AtMost;

        public IEnumerable<long> Incidents => Keys.Select(key => key.IncidentId).Concat(Fingerprints);
    }

    private sealed record HeldKey(long IncidentId, string Environment, bool IsOpen, IncidentAlert? Alert);

    private sealed record KeyRow
    {
        public int Number { get; init; }

        public long IncidentId { get; init; }

        public string Environment { get; init; } = "";

        public long IsOpen { get; init; }

        public string? Alert { get; init; }
    }
}
