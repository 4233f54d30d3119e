using Dapper;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Incidents;

/// <summary>Resolves that overtook the alert they resolve.</summary>
public static class OrphanResolves
{
    /// <summary>The newest one for an alert, by the sender's time, and when that reached us first; null where there is none.</summary>
    public static async Task<(DateTimeOffset ResolvedAt, DateTimeOffset ReceivedAt)?> FindAsync(
        StoreTransaction transaction, string environment, string source, string incidentKey)
    {
        var rows = (await transaction.Connection.QueryAsync<(long Resolved, long Received)>(
            "select resolved_at, received_at from orphan_resolves where environment = @environment and source = @source and incident_key = @incidentKey",
            new { environment, source, incidentKey },
            transaction.Transaction)).AsList();
        return rows is [var row, ..]
            ? (DateTimeOffset.FromUnixTimeMilliseconds(row.Resolved), DateTimeOffset.FromUnixTimeMilliseconds(row.Received))
            : null;
    }

    public static Task RememberAsync(
        StoreTransaction transaction, string environment, string source, string incidentKey, DateTimeOffset resolvedAt, DateTimeOffset receivedAt) =>
        transaction.Connection.ExecuteAsync(
            """
            insert into orphan_resolves (environment, source, incident_key, resolved_at, received_at)
            values (@environment, @source, @incidentKey, @resolved, @received)
            on conflict (environment, source, incident_key) do update set resolved_at = excluded.resolved_at, received_at = excluded.received_at
            where excluded.resolved_at > orphan_resolves.resolved_at
            """,
            new { environment, source, incidentKey, resolved = resolvedAt.ToUnixTimeMilliseconds(), received = receivedAt.ToUnixTimeMilliseconds() },
            transaction.Transaction);
}
