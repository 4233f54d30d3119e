using Dapper;
using OpsBot.Storage.Engine;

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
}
