using Dapper;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Incidents;

/// <summary>Resolves that overtook the alert they resolve.</summary>
public static class OrphanResolves
{
    /// <summary>Sender's time of the newest one for an alert; null where there is none.</summary>
    public static async Task<DateTimeOffset?> FindAsync(
        StoreTransaction transaction, string environment, string source, string incidentKey, string fingerprint) =>
        await transaction.Connection.ExecuteScalarAsync<long?>(
            "select resolved_at from orphan_resolves where environment = @environment and source = @source and incident_key = @incidentKey and fingerprint = @fingerprint",
            new { environment, source, incidentKey, fingerprint },
            transaction.Transaction) is { } milliseconds
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : null;

    public static Task RememberAsync(
        StoreTransaction transaction, string environment, string source, string incidentKey, string fingerprint, DateTimeOffset resolvedAt,
        DateTimeOffset now) =>
        transaction.Connection.ExecuteAsync(
            """
            insert into orphan_resolves (environment, source, incident_key, fingerprint, resolved_at, received_at)
            values (@environment, @source, @incidentKey, @fingerprint, @at, @now)
            on conflict (environment, source, incident_key, fingerprint) do update set
              resolved_at = case when orphan_resolves.resolved_at > excluded.resolved_at then orphan_resolves.resolved_at else excluded.resolved_at end,
              received_at = excluded.received_at
            """,
            new { environment, source, incidentKey, fingerprint, at = resolvedAt.ToUnixTimeMilliseconds(), now = now.ToUnixTimeMilliseconds() },
            transaction.Transaction);
}
