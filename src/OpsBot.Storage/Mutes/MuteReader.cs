using System.Data.Common;
using System.Text.Json;
using Dapper;
using OpsBot.Contracts;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Incidents;
using OpsBot.Storage.Engine;
using OpsBot.Storage.Incidents;

namespace OpsBot.Storage.Mutes;

/// <summary>Reads what is muted.</summary>
public sealed class MuteReader
{
    private readonly IStoreReader _store;

    internal MuteReader(IStoreReader store) => _store = store;

    /// <summary>Those that have not ended, the next to end first.</summary>
    public Task<IReadOnlyList<Mute>> ListAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) => _store.ReadAsync<IReadOnlyList<Mute>>(
        async connection => [.. (await connection.QueryAsync<(string Fingerprint, long Until, long At, string Person, string? Reason, long Held)>(
            """
            select m.fingerprint, m.until, m.at, m.person, m.reason, (select count(*) from muted_alerts a where a.fingerprint = m.fingerprint)
            from mutes m where m.until > @now order by m.until, m.fingerprint limit @limit
            """,
            new { now = now.ToUnixTimeMilliseconds(), limit }))
            .Select(row => new Mute(
                row.Fingerprint, DateTimeOffset.FromUnixTimeMilliseconds(row.Until), DateTimeOffset.FromUnixTimeMilliseconds(row.At), row.Person, row.Reason, row.Held))],
        cancellationToken);

    /// <summary>
    /// Services that alerts of these fingerprints are about: those that are held back, and all services of the incidents that have one. Nothing of a fingerprint
    /// of which the store has no alert.
    /// </summary>
    public Task<IReadOnlyDictionary<string, IReadOnlySet<string>>> ServicesAsync(IReadOnlyList<string> fingerprints, CancellationToken cancellationToken) =>
        _store.ReadAsync<IReadOnlyDictionary<string, IReadOnlySet<string>>>(
            async connection =>
            {
                var known = new Dictionary<string, IReadOnlySet<string>>(StringComparer.Ordinal);
                var names = new { fingerprints = fingerprints.ToArray() };
                foreach (var (fingerprint, body) in await connection.QueryAsync<(string, string)>(
                    $"select fingerprint, body from muted_alerts where {SqlLists.In(connection, "fingerprint", "@fingerprints")}", names))
                    Add(fingerprint, [JsonSerializer.Deserialize<AlertReported>(body, OpsBotJson.Options)?.Service]);
                foreach (var (fingerprint, state) in await connection.QueryAsync<(string, string)>(OfAlerts(connection), names))
                {
                    var incident = IncidentTable.Read<Incident>(state);
                    Add(fingerprint, [incident.Service, .. incident.Services]);
                }

                return known;

                void Add(string fingerprint, IEnumerable<string?> services)
                {
                    if (!known.TryGetValue(fingerprint, out var all))
                        known[fingerprint] = all = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
                    ((HashSet<string>)all).UnionWith(services.OfType<string>());
                }
            },
            cancellationToken);

    /// <summary>What a mute goes by is the sender's fingerprint, or its key where it has none.</summary>
    internal static string OfAlerts(DbConnection connection) =>
        $"""
        select distinct case when a.fingerprint = '' then a.incident_key else a.fingerprint end, i.state from incident_alerts a join incidents i on i.id = a.incident_id
        where {SqlLists.In(connection, "a.fingerprint", "@fingerprints")} or (a.fingerprint = '' and {SqlLists.In(connection, "a.incident_key", "@fingerprints")})
        """;
}
