using Dapper;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Mutes;

/// <summary>Alerts of one fingerprint open and notify nothing until a time.</summary>
/// <param name="Person">Id of who wanted it so.</param>
/// <param name="Held">Alerts that are held back at the moment.</param>
public sealed record Mute(string Fingerprint, DateTimeOffset Until, DateTimeOffset At, string Person, string? Reason, long Held = 0);

/// <summary>An alert that a mute holds back: its newest event.</summary>
/// <param name="Body">As in the row that it came in.</param>
public sealed record MutedAlert(string Source, string IncidentKey, string Body);

/// <summary>All SQL on mutes that takes part in a write. Each call is inside somebody's transaction.</summary>
public static class MuteTable
{
    /// <summary>Sets or moves the end of a mute.</summary>
    public static Task SetAsync(StoreTransaction transaction, Mute mute) => transaction.Connection.ExecuteAsync(
        """
        insert into mutes (fingerprint, until, at, person, reason) values (@Fingerprint, @until, @at, @Person, @Reason)
        on conflict (fingerprint) do update set until = excluded.until, at = excluded.at, person = excluded.person, reason = excluded.reason
        """,
        new { mute.Fingerprint, mute.Person, mute.Reason, until = mute.Until.ToUnixTimeMilliseconds(), at = mute.At.ToUnixTimeMilliseconds() },
        transaction.Transaction);

    /// <summary>True while alerts of the fingerprint are muted.</summary>
    public static async Task<bool> IsMutedAsync(StoreTransaction transaction, string fingerprint, DateTimeOffset now) =>
        await transaction.Connection.ExecuteScalarAsync<long?>(
            "select until from mutes where fingerprint = @fingerprint and until > @now",
            new { fingerprint, now = now.ToUnixTimeMilliseconds() },
            transaction.Transaction) is not null;

    /// <summary>When the mute of a fingerprint ends or ended; null where there is none.</summary>
    public static async Task<DateTimeOffset?> UntilAsync(StoreTransaction transaction, string fingerprint) =>
        await transaction.Connection.ExecuteScalarAsync<long?>(
            "select until from mutes where fingerprint = @fingerprint", new { fingerprint }, transaction.Transaction) is { } until
            ? DateTimeOffset.FromUnixTimeMilliseconds(until)
            : null;

    /// <summary>Holds an alert back; what was held of it before makes room.</summary>
    public static Task HoldAsync(StoreTransaction transaction, MutedAlert alert, string fingerprint, DateTimeOffset now) =>
        transaction.Connection.ExecuteAsync(
            """
            insert into muted_alerts (source, incident_key, fingerprint, at, body) values (@Source, @IncidentKey, @fingerprint, @at, @Body)
            on conflict (source, incident_key) do update set fingerprint = excluded.fingerprint, at = excluded.at, body = excluded.body
            """,
            new { alert.Source, alert.IncidentKey, alert.Body, fingerprint, at = now.ToUnixTimeMilliseconds() },
            transaction.Transaction);

    /// <summary>An alert that is over needs to be taken up by nobody.</summary>
    public static async Task<bool> DropAsync(StoreTransaction transaction, string source, string incidentKey) =>
        await transaction.Connection.ExecuteAsync(
            "delete from muted_alerts where source = @source and incident_key = @incidentKey", new { source, incidentKey }, transaction.Transaction) > 0;

    /// <summary>Takes the mute away with what it held back, and returns that.</summary>
    public static async Task<IReadOnlyList<MutedAlert>> EndAsync(StoreTransaction transaction, string fingerprint)
    {
        var held = (await transaction.Connection.QueryAsync<(string Source, string Key, string Body)>(
            "select source, incident_key, body from muted_alerts where fingerprint = @fingerprint order by at, source, incident_key",
            new { fingerprint },
            transaction.Transaction)).AsList();
        await transaction.Connection.ExecuteAsync(
            "delete from muted_alerts where fingerprint = @fingerprint", new { fingerprint }, transaction.Transaction);
        await transaction.Connection.ExecuteAsync("delete from mutes where fingerprint = @fingerprint", new { fingerprint }, transaction.Transaction);
        return [.. held.Select(row => new MutedAlert(row.Source, row.Key, row.Body))];
    }
}
