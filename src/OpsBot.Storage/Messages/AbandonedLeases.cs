using Dapper;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Messages;

/// <summary>Frees what dead or silent workers held.</summary>
internal static class AbandonedLeases
{
    /// <summary>
    /// Frees leases that ran out, and those of owners in <paramref name="deadOwners"/>. A row that had been taken by a consumer counts
    /// an abandonment; one that only lay on the bus does not. Returns how many were freed and the rows that are dead now.
    /// </summary>
    public static async Task<(int Freed, IReadOnlyList<(long Id, string Kind, string Stream)> Dead)> FreeAsync(
        StoreTransaction transaction, IReadOnlyCollection<string> deadOwners, int limit, long now)
    {
        var rows = (await transaction.Connection.QueryAsync<(long Id, string Kind, string Stream, long Token, long Abandoned)>(
            $"""
            select id, kind, stream, lease_token, abandoned from messages
            where leased_by is not null and handled_at is null and dead_at is null and (lease_until <= @now or {SqlLists.In(transaction.Connection, "leased_by", "@dead")})
            """,
            new { now, dead = deadOwners.ToArray() },
            transaction.Transaction)).AsList();
        var dead = new List<(long, string, string)>();
        foreach (var (id, kind, stream, token, abandoned) in rows)
        {
            var taken = 1 - token % 2;
            var count = abandoned + taken;
            var isDead = count > limit;
            // Claim and take each add one to the token, so an even token means that a consumer had it. Freeing a row that only lay on
            // the bus adds one too, which keeps that true and makes the copy on the bus stale.
            // Whoever moved it on meanwhile has it.
            var freed = await transaction.Connection.ExecuteAsync(
                """
                update messages set leased_by = null, lease_until = null, published_at = null, abandoned = @count,
                  lease_token = lease_token + @odd,
                  dead_at = case when @isDead then @now else null end,
                  error = case when @taken = 1 then @error else error end
                where id = @id and lease_token = @token and leased_by is not null
                """,
                new
                {
                    id,
                    token,
                    count,
                    isDead,
                    now,
                    taken,
                    odd = 1 - taken,
                    error = $"abandoned: the process that handled it ended or lost its lease ({count} of {limit} times)",
                },
                transaction.Transaction);
            if (isDead && freed == 1)
            {
                dead.Add((id, kind, stream));
            }
        }

        return (rows.Count, dead);
    }

    /// <summary>Everybody who holds a lease.</summary>
    public static async Task<IReadOnlyList<string>> OwnersAsync(StoreTransaction transaction) =>
        (await transaction.Connection.QueryAsync<string>(
            "select distinct leased_by from messages where leased_by is not null and handled_at is null and dead_at is null",
            transaction: transaction.Transaction)).AsList();
}
