using Dapper;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Messages;

/// <summary>A row that the pump has claimed for the bus.</summary>
/// <param name="IsForThisHost">No other host may handle it.</param>
public sealed record ClaimedMessage(long Id, string Kind, long LeaseToken, bool IsForThisHost = false);

/// <summary>Takes rows for the bus. Which may be taken stands in <see cref="ClaimQueries"/>.</summary>
internal static class Claims
{
    /// <summary>
    /// Claims due rows for the bus, until this owner has as many of a kind there or in hand as <paramref name="most"/> says. Each sender gets its share, and
    /// what others leave of theirs: one with ten thousand rows waiting holds nobody up. A row that more
    /// than one crash abandoned is claimed alone: the one that brings the process down is found, and the others are not taken along again.
    /// </summary>
    public static async Task<IReadOnlyList<ClaimedMessage>> ClaimAsync(
        StoreTransaction transaction, IReadOnlyDictionary<string, int> most, WorkerIdentity own, long now, long leaseUntil, DueFloors floors)
    {
        if (transaction.Dialect.LockClaims is { } sql)
        {
            await transaction.Connection.ExecuteAsync(sql, transaction: transaction.Transaction);
        }

        var due = (await DueAsync(transaction, now, floors))
            .Where(pair => most.ContainsKey(pair.Kind)).ToLookup(pair => pair.Kind, pair => pair.Source, StringComparer.Ordinal);
        if (due.Count == 0)
        {
            return [];
        }

        var held = (await transaction.Connection.QueryAsync<(string Kind, string Source, long Count)>(
            "select kind, source, count(*) from messages where leased_by = @Owner and handled_at is null and dead_at is null group by kind, source",
            own,
            transaction.Transaction)).ToLookup(row => row.Kind, row => (row.Source, Count: (int)row.Count), StringComparer.Ordinal);
        var claimed = new List<ClaimedMessage>();
        foreach (var kind in due)
        {
            if (most[kind.Key] - held[kind.Key].Sum(source => source.Count) is > 0 and var limit)
            {
                var mine = held[kind.Key].ToDictionary(source => source.Source, source => source.Count, StringComparer.Ordinal);
                await ShareAsync(
                    [.. kind.OrderBy(source => mine.GetValueOrDefault(source))], limit,
                    (source, share) => ClaimAsync(transaction, kind.Key, source, own, share, now, leaseUntil, floors.Of(kind.Key, source)), claimed);
            }
        }

        return claimed;
    }

    /// <summary>Kinds and senders of which something is due.</summary>
    private static async Task<List<(string Kind, string Source)>> DueAsync(StoreTransaction transaction, long now, DueFloors floors)
    {
        floors.SawAll = !transaction.Dialect.IsRemote || floors.IsOld(now);
        if (!floors.SawAll)
        {
            var known = floors.All;
            var since = await transaction.Connection.QueryAsync<(string Kind, string Source, long? Due)>(
                ClaimQueries.DueSince,
                new
                {
                    kinds = known.Select(pair => pair.Key.Kind).ToArray(),
                    sources = known.Select(pair => pair.Key.Source).ToArray(),
                    since = known.Select(pair => pair.Value).ToArray(),
                },
                transaction.Transaction);
            var waiting = since.Where(row => row.Due is not null).ToList();
            waiting.ForEach(row => floors.Raise(row.Kind, row.Source, row.Due!.Value));
            return waiting.FindAll(row => row.Due <= now).ConvertAll(row => (row.Kind, row.Source));
        }

        var all = (await transaction.Connection.QueryAsync<(string Kind, string Source, long? Due)>(ClaimQueries.DueSources, transaction: transaction.Transaction))
            .Where(row => row.Due is not null).Select(row => (row.Kind, row.Source, Due: row.Due!.Value)).ToList();
        if (transaction.Dialect.IsRemote)
        {
            floors.Reset(all, now);
        }

        return all.FindAll(row => row.Due <= now).ConvertAll(row => (row.Kind, row.Source));
    }

    /// <summary>An even share to each, those with the fewest in hand first; then what is left to those who filled theirs.</summary>
    private static async Task ShareAsync(
        List<string> sources, int limit, Func<string, int, Task<IReadOnlyList<ClaimedMessage>>> claim, List<ClaimedMessage> claimed)
    {
        var left = limit;
        while (sources.Count > 0 && left > 0)
        {
            var share = Math.Max(1, left / sources.Count);
            var eager = new List<string>();
            foreach (var source in sources)
            {
                var want = Math.Min(share, left);
                if (want == 0)
                {
                    return;
                }

                var got = await claim(source, want);
                claimed.AddRange(got);
                left -= got.Count;
                if (got.Count == want)
                {
                    eager.Add(source);
                }
            }

            sources = eager;
        }
    }

    private static async Task<IReadOnlyList<ClaimedMessage>> ClaimAsync(
        StoreTransaction transaction, string kind, string source, WorkerIdentity own, int limit, long now, long leaseUntil, long since)
    {
        var rows = OneSuspectAtMost(await FindAsync(transaction, kind, source, own.Host, limit, now, since));
        if (rows.Count == 0)
        {
            return [];
        }

        var tokens = (await transaction.Connection.QueryAsync<(long Id, long Token)>(
            transaction.Dialect.Claim, new { own.Owner, leaseUntil, now, ids = rows.ConvertAll(row => row.Id).ToArray() }, transaction.Transaction))
            .ToDictionary(row => row.Id, row => row.Token);
        return [.. rows.Where(row => tokens.ContainsKey(row.Id)).Select(row => new ClaimedMessage(row.Id, kind, tokens[row.Id], row.IsForThisHost))];
    }

    /// <summary>The first <paramref name="limit"/> claimable rows of a sender by due time and id.</summary>
    private static async Task<List<Row>> FindAsync(StoreTransaction transaction, string kind, string source, string host, int limit, long now, long since)
    {
        var parameters = new
        {
            kind,
            source,
            host,
            now,
            since,
            limit,
            window = Math.Max(64, 4 * limit),
            harmless = ClaimQueries.HarmlessAbandonments,
            suspicion = (long)ClaimQueries.Suspicion.TotalMilliseconds,
        };
        var oldest = await QueryAsync(ClaimQueries.AmongTheOldest);
        // As many as are wanted are the first of all: whatever is not among the oldest is due later.
        var isAll = oldest.Count == limit
            || await transaction.Connection.ExecuteScalarAsync<int>(ClaimQueries.CountOldest, parameters, transaction.Transaction) < parameters.window;
        return isAll ? oldest : await QueryAsync(ClaimQueries.FirstOfEachStream);

        async Task<List<Row>> QueryAsync(string sql) => (await transaction.Connection.QueryAsync<(long Id, long Abandoned, string? Host)>(
            sql, parameters, transaction.Transaction))
            .Select(row => new Row(row.Id, row.Abandoned > ClaimQueries.HarmlessAbandonments, row.Host is not null)).ToList();
    }

    private static List<Row> OneSuspectAtMost(List<Row> rows)
    {
        var first = rows.Find(row => row.IsSuspect);
        rows.RemoveAll(row => row.IsSuspect && row != first);
        return rows;
    }

    private sealed record Row(long Id, bool IsSuspect, bool IsForThisHost);
}
