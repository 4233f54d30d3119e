using Dapper;
using OpsBot.Contracts.Incidents;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Incidents;

/// <summary>All SQL that takes alerts from one incident to another. Each call is inside somebody's transaction.</summary>
public static class AlertMoves
{
    /// <summary>All alerts of an incident, oldest first.</summary>
    public static async Task<IReadOnlyList<IncidentAlert>> AlertsOfAsync(StoreTransaction transaction, long incidentId) =>
        [.. (await transaction.Connection.QueryAsync<string>(
            "select state from incident_alerts where incident_id = @incidentId order by last_at, source, incident_key", new { incidentId }, transaction.Transaction))
            .Select(IncidentTable.Read<IncidentAlert>)];

    /// <summary>Takes an alert out of an incident, with its sender's key: further events of it find another.</summary>
    public static async Task TakeOutAsync(StoreTransaction transaction, long incidentId, IncidentAlert alert)
    {
        transaction.ForgetFirsts();
        var which = new { incidentId, alert.Source, alert.IncidentKey };
        await transaction.Connection.ExecuteAsync(
            "delete from incident_alerts where incident_id = @incidentId and source = @Source and incident_key = @IncidentKey", which, transaction.Transaction);
        await transaction.Connection.ExecuteAsync(
            "delete from incident_keys where incident_id = @incidentId and source = @Source and incident_key = @IncidentKey", which, transaction.Transaction);
    }
}
