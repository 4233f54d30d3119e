using Dapper;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Messages;

/// <summary>A row that the pump has claimed for the bus.</summary>
/// <param name="IsForThisHost">No other host may handle it.</param>
public sealed record ClaimedMessage(long Id, string Kind, long LeaseToken, bool IsForThisHost = false);

/// <summary>Which rows may go onto the bus.</summary>
internal static class Claims
{
    // What makes a row claimable. A claimable row is the first of its stream that is due or being retried.
    private const string Claimable =
        """
        m.kind = @kind and m.due_at <= @now and m.leased_by is null and m.handled_at is null and m.dead_at is null
          and (m.host is null or m.host = @host)
          and not exists (select 1 from messages l
            where l.stream = m.stream and l.leased_by is not null and l.handled_at is null and l.dead_at is null)
          and not exists (select 1 from messages e
            where e.stream = m.stream and e.id < m.id and (e.due_at <= @now or e.attempts > 0) and e.handled_at is null and e.dead_at is null)
          and (m.abandoned <= @harmless or not exists (select 1 from messages a
            where a.kind = @kind and a.abandoned > @harmless and a.published_at > @now - @suspicion * a.abandoned and a.leased_by is not null and a.handled_at is null and a.dead_at is null))
        """;

    /// <summary>A crash abandons whatever was in hand; what was there when it happened again is suspected.</summary>
    private const int HarmlessAbandonments = 1;

    /// <summary>
    /// How long, for each time it was abandoned, a suspected row must have been in hand without harm before another is tried beside it: a command that
    /// runs for an hour holds nobody up for long, and one that brings the process down late is alone for longer each time.
    /// </summary>
    internal static readonly TimeSpan Suspicion = TimeSpan.FromSeconds(30);

    // 'cross join' keeps the engine from walking all due rows by an index that has them in order.
    /// <summary>The claimable among the rows that have been due for longest: enough, unless most of them wait for others of their streams.</summary>
    internal const string AmongTheOldest =
        $"""
         with oldest as (
           select w.id from messages w
             where w.kind = @kind and w.due_at <= @now and w.leased_by is null and w.handled_at is null and w.dead_at is null
             order by w.due_at, w.id limit @window)
         select m.id, m.lease_token, m.abandoned, m.host from oldest o cross join messages m
         where m.id = o.id and {Claimable}
         order by m.due_at, m.id limit @limit
         """;

    /// <summary>
    /// All that is claimable, found from the streams that have rows of the kind: from one stream to the next by the index, and from each to
    /// its first row that is due or being retried. What waits behind that row costs nothing, however much it is.
    /// </summary>
    internal const string FirstOfEachStream =
        $"""
         with recursive streams (stream) as (
           select min(f.stream) from messages f
             where f.kind = @kind and f.leased_by is null and f.handled_at is null and f.dead_at is null
           union all
           select (select min(n.stream) from messages n
             where n.kind = @kind and n.stream > s.stream and n.leased_by is null and n.handled_at is null and n.dead_at is null)
           from streams s where s.stream is not null)
         select m.id, m.lease_token, m.abandoned, m.host from streams s cross join messages m
         where m.id = (select h.id from messages h
             where h.stream = s.stream and (h.due_at <= @now or h.attempts > 0) and h.handled_at is null and h.dead_at is null
             order by h.id limit 1)
           and {Claimable}
         order by m.due_at, m.id limit @limit
         """;

    internal const string CountOldest =
        """
        select count(*) from (select w.id from messages w
          where w.kind = @kind and w.due_at <= @now and w.leased_by is null and w.handled_at is null and w.dead_at is null
          limit @window) oldest
        """;

    /// <summary>Kinds of which something is due and in nobody's hands, from one to the next by the index.</summary>
    internal const string DueKinds =
        """
        with recursive kinds (kind) as (
          select min(f.kind) from messages f where f.leased_by is null and f.handled_at is null and f.dead_at is null
          union all
          select (select min(n.kind) from messages n where n.kind > k.kind and n.leased_by is null and n.handled_at is null and n.dead_at is null)
          from kinds k where k.kind is not null)
        select k.kind from kinds k where exists (select 1 from messages m
          where m.kind = k.kind and m.due_at <= @now and m.leased_by is null and m.handled_at is null and m.dead_at is null)
        """;

    /// <summary>
    /// Claims due rows for the bus, until this owner has as many of a kind there or in hand as <paramref name="most"/> says. A row waits while
    /// an earlier one of its stream is due or being retried, or any of its stream is in somebody's hands. A row that more
    /// than one crash abandoned is claimed alone: the one that brings the process down is found, and the others are not taken along again.
    /// </summary>
    public static async Task<IReadOnlyList<ClaimedMessage>> ClaimAsync(
        StoreTransaction transaction, IReadOnlyDictionary<string, int> most, WorkerIdentity own, long now, long leaseUntil)
    {
        if (transaction.Dialect.LockClaims is { } sql)
        {
            await transaction.Connection.ExecuteAsync(sql, transaction: transaction.Transaction);
        }

        var due = (await transaction.Connection.QueryAsync<string>(DueKinds, new { now }, transaction.Transaction)).Where(most.ContainsKey).ToList();
        if (due.Count == 0)
        {
            return [];
        }

        var held = (await transaction.Connection.QueryAsync<(string Kind, long Count)>(
            "select kind, count(*) from messages where leased_by = @Owner and handled_at is null and dead_at is null group by kind", own, transaction.Transaction))
            .ToDictionary(row => row.Kind, row => (int)row.Count, StringComparer.Ordinal);
        var claimed = new List<ClaimedMessage>();
        foreach (var kind in due)
        {
            if (most[kind] - held.GetValueOrDefault(kind) is > 0 and var limit)
            {
                claimed.AddRange(await ClaimAsync(transaction, kind, own, limit, now, leaseUntil));
            }
        }

        return claimed;
    }

    private static async Task<IReadOnlyList<ClaimedMessage>> ClaimAsync(
        StoreTransaction transaction, string kind, WorkerIdentity own, int limit, long now, long leaseUntil)
    {
        var rows = OneSuspectAtMost(await FindAsync(transaction, kind, own.Host, limit, now));
        if (rows.Count > 0)
        {
            await transaction.Connection.ExecuteAsync(
                $"""
                update messages set leased_by = @Owner, lease_until = @leaseUntil, published_at = @now, lease_token = lease_token + 1
                where {SqlLists.In(transaction.Connection, "id", "@ids")}
                """,
                new { own.Owner, leaseUntil, now, ids = rows.Select(row => row.Id).ToArray() },
                transaction.Transaction);
        }

        return [.. rows.Select(row => new ClaimedMessage(row.Id, kind, row.Token + 1, row.IsForThisHost))];
    }

    /// <summary>The first <paramref name="limit"/> claimable rows by due time and id.</summary>
    private static async Task<List<Row>> FindAsync(StoreTransaction transaction, string kind, string host, int limit, long now)
    {
        var parameters = new
        {
            kind,
            host,
            now,
            limit,
            window = Math.Max(64, 4 * limit),
            harmless = HarmlessAbandonments,
            suspicion = (long)Suspicion.TotalMilliseconds,
        };
        var oldest = await QueryAsync(AmongTheOldest);
        // As many as are wanted are the first of all: whatever is not among the oldest is due later.
        var isAll = oldest.Count == limit
            || await transaction.Connection.ExecuteScalarAsync<int>(CountOldest, parameters, transaction.Transaction) < parameters.window;
        return isAll ? oldest : await QueryAsync(FirstOfEachStream);

        async Task<List<Row>> QueryAsync(string sql) => (await transaction.Connection.QueryAsync<(long Id, long Token, long Abandoned, string? Host)>(
            $"{sql} {transaction.Dialect.ForUpdateSkipLocked}", parameters, transaction.Transaction))
            .Select(row => new Row(row.Id, row.Token, row.Abandoned > HarmlessAbandonments, row.Host is not null)).ToList();
    }

    private static List<Row> OneSuspectAtMost(List<Row> rows)
    {
        var first = rows.Find(row => row.IsSuspect);
        rows.RemoveAll(row => row.IsSuspect && row != first);
        return rows;
    }

    private sealed record Row(long Id, long Token, bool IsSuspect, bool IsForThisHost);
}
