using Dapper;
using OpsBot.Contracts.Memory;
using OpsBot.Storage.Engine;
using OpsBot.Storage.Incidents;

namespace OpsBot.Storage.Memory;

/// <summary>All SQL on outcomes that takes part in a write. Each call is inside somebody's transaction.</summary>
public static class OutcomeTable
{
    /// <summary>Writes what an incident taught, over what stood there; earlier outcomes that it used learn whether they helped.</summary>
    public static async Task SaveAsync(StoreTransaction transaction, Outcome outcome)
    {
        var (connection, tx) = (transaction.Connection, transaction.Transaction);
        await connection.ExecuteAsync(
            """
            insert into outcomes (incident_id, environment, service, resolved_at, state) values (@IncidentId, @Environment, @Service, @at, @state)
            on conflict (incident_id) do update set
              environment = excluded.environment, service = excluded.service, resolved_at = excluded.resolved_at, state = excluded.state
            """,
            new
            {
                outcome.IncidentId,
                outcome.Environment,
                outcome.Service,
                at = outcome.ResolvedAt.ToUnixTimeMilliseconds(),
                state = IncidentTable.Write(outcome),
            },
            tx);
        foreach (var fingerprint in outcome.Fingerprints)
        {
            await connection.ExecuteAsync(
                "insert into outcome_fingerprints (environment, fingerprint, incident_id) values (@Environment, @fingerprint, @IncidentId) on conflict do nothing",
                new { outcome.Environment, fingerprint, outcome.IncidentId },
                tx);
        }

        await JudgeUsesAsync(transaction, outcome);
    }

    /// <summary>Notes that an earlier outcome informed a proposal of an incident. Each pair counts once, however often this is called.</summary>
    public static Task UseAsync(StoreTransaction transaction, long outcomeOf, long incidentId, DateTimeOffset now) =>
        transaction.Connection.ExecuteAsync(
            "insert into outcome_uses (outcome_id, incident_id, at) values (@outcomeOf, @incidentId, @at) on conflict do nothing",
            new { outcomeOf, incidentId, at = now.ToUnixTimeMilliseconds() },
            transaction.Transaction);

    private static async Task JudgeUsesAsync(StoreTransaction transaction, Outcome outcome)
    {
        var used = (await transaction.Connection.QueryAsync<(long Id, string State)>(
            "select u.outcome_id, o.state from outcome_uses u join outcomes o on o.incident_id = u.outcome_id where u.incident_id = @IncidentId",
            new { outcome.IncidentId },
            transaction.Transaction)).AsList();
        var verified = outcome.Fixed.Select(run => run.Action).ToHashSet(StringComparer.Ordinal);
        foreach (var (id, state) in used)
        {
            await transaction.Connection.ExecuteAsync(
                "update outcome_uses set helpful = @helpful where outcome_id = @id and incident_id = @IncidentId",
                new
                {
                    id,
                    outcome.IncidentId,
                    helpful = IncidentTable.Read<Outcome>(state).Fixed.Any(run => verified.Contains(run.Action)) ? 1 : 0,
                },
                transaction.Transaction);
        }
    }
}
