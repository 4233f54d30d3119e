using Dapper;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Audit;

/// <summary>What somebody tried and was refused, and how often the same came again since the audit tells of it.</summary>
/// <param name="Digest">Tells acts of one actor apart.</param>
/// <param name="More">How often, the first not counted.</param>
public sealed record RefusedAct(string Actor, string Digest, string Subject, string Reason, DateTimeOffset FirstAt, DateTimeOffset LastAt, long More = 0);

/// <summary>All SQL on acts that were refused. Each call is inside somebody's transaction.</summary>
public static class RefusedActTable
{
    public static Task<long> CountAsync(StoreTransaction transaction, string actor) =>
        transaction.Connection.ExecuteScalarAsync<long>("select count(*) from refused_acts where actor = @actor", new { actor }, transaction.Transaction);

    public static Task AddAsync(StoreTransaction transaction, RefusedAct act) => transaction.Connection.ExecuteAsync(
        "insert into refused_acts (actor, digest, subject, reason, first_at, last_at, more) values (@Actor, @Digest, @Subject, @Reason, @first, @last, @More)",
        new { act.Actor, act.Digest, act.Subject, act.Reason, act.More, first = act.FirstAt.ToUnixTimeMilliseconds(), last = act.LastAt.ToUnixTimeMilliseconds() },
        transaction.Transaction);

    /// <summary>Counts one more of the same.</summary>
    /// <returns>It as it stands then; null where there is none of it.</returns>
    public static async Task<RefusedAct?> AgainAsync(StoreTransaction transaction, string actor, string digest, DateTimeOffset at) => Read(
        await transaction.Connection.QueryAsync<Row>(
            $"update refused_acts set more = more + 1, last_at = @at where actor = @actor and digest = @digest returning {Columns}",
            new { actor, digest, at = at.ToUnixTimeMilliseconds() },
            transaction.Transaction)).SingleOrDefault();

    /// <summary>Takes away what an actor tried first at a time or before, and returns it, the earliest first.</summary>
    public static async Task<IReadOnlyList<RefusedAct>> TakeAsync(StoreTransaction transaction, string actor, DateTimeOffset until) =>
    [
        .. Read(await transaction.Connection.QueryAsync<Row>(
            $"delete from refused_acts where actor = @actor and first_at <= @until returning {Columns}",
            new { actor, until = until.ToUnixTimeMilliseconds() },
            transaction.Transaction)).OrderBy(act => act.FirstAt).ThenBy(act => act.Digest, StringComparer.Ordinal),
    ];

    private const string Columns = "actor, digest, subject, reason, first_at as FirstAt, last_at as LastAt, more";

    private static IEnumerable<RefusedAct> Read(IEnumerable<Row> rows) => rows.Select(row => new RefusedAct(
        row.Actor, row.Digest, row.Subject, row.Reason, DateTimeOffset.FromUnixTimeMilliseconds(row.FirstAt), DateTimeOffset.FromUnixTimeMilliseconds(row.LastAt), row.More));

    private sealed record Row(string Actor, string Digest, string Subject, string Reason, long FirstAt, long LastAt, long More);
}
