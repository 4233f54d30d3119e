using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Incidents;

/// <summary>Resolves that overtook the alert they resolve.</summary>
public static class OrphanResolves
{
    public static Task RememberAsync(
        StoreTransaction transaction, string environment, string source, string incidentKey, DateTimeOffset resolvedAt, DateTimeOffset receivedAt)
    {
        transaction.Seen<ForeseenIncidents>()?.SavedOrphan(source, incidentKey);
        return transaction.DeferAsync(
            """
            insert into orphan_resolves (environment, source, incident_key, resolved_at, received_at)
            values (@environment, @source, @incidentKey, @resolved, @received)
            on conflict (environment, source, incident_key) do update set resolved_at = excluded.resolved_at, received_at = excluded.received_at
            where excluded.resolved_at > orphan_resolves.resolved_at
            """,
            new { environment, source, incidentKey, resolved = resolvedAt.ToUnixTimeMilliseconds(), received = receivedAt.ToUnixTimeMilliseconds() });
    }
}
