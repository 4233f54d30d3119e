using Dapper;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Messages;

/// <summary>A bus copy that a consumer holds in its hand.</summary>
/// <param name="Now">As <c>lease_until</c> is compared with.</param>
internal sealed record Ticket(long Id, long Token, string Owner, long Now, long LeaseUntil);

/// <summary>The consumer takes the lease over that the pump took for the bus; null where the copy is stale.</summary>
internal static class LeaseTaking
{
    private const string Taken = "lease_token = lease_token + 1, attempts = attempts + 1, leased_by = @Owner, lease_until = @LeaseUntil";

    private const string Returned =
        """
        returning id as Id, kind as Kind, stream as Stream, body as Body, created_at as CreatedAt, due_at as DueAt,
          lease_token as LeaseToken, attempts as Attempts, abandoned as Abandoned, trace as Trace
        """;

    private const string One =
        $"""
         update messages set {Taken}
         where id = @Id and lease_token = @Token and lease_until > @Now and {MessageTable.Pending}
         {Returned}
         """;

    // All of a group are of this process, and were brought here within the same moment: the first one's times are as good as their own.
    // Rows are looked up by id and then looked at: a condition that an index of few rows promises to hold would have the planner walk through that index.
    private const string Many =
        $"""
         with held as materialized (
           select id as held_id, lease_token as held_token, lease_until as held_until, handled_at as held_handled, dead_at as held_dead
           from messages where id = any(@ids) for update)
         update messages set {Taken} from held join unnest(@ids, @tokens) as t (ticket, token) on t.ticket = held_id
         where id = held_id and held_token = t.token and held_until > @Now and held_handled is null and held_dead is null
         {Returned}
         """;

    public static readonly Merge<Ticket, LeasedMessage?> Merge = TakeAsync;

    private static async Task<IReadOnlyList<LeasedMessage?>> TakeAsync(StoreTransaction transaction, IReadOnlyList<Ticket> tickets) =>
        transaction.Dialect.IsRemote ? await TogetherAsync(transaction, tickets) : await OneByOneAsync(transaction, tickets);

    private static async Task<IReadOnlyList<LeasedMessage?>> TogetherAsync(StoreTransaction transaction, IReadOnlyList<Ticket> tickets)
    {
        // The same copy twice is taken once; which of the two has it is nobody's business.
        var first = tickets[0];
        var ids = tickets.GroupBy(ticket => ticket.Id).Select(same => same.MaxBy(ticket => ticket.Token)!).OrderBy(ticket => ticket.Id).ToList();
        var taken = (await transaction.Connection.QueryAsync<LeasedMessage>(
            Many,
            new
            {
                first.Owner,
                first.Now,
                first.LeaseUntil,
                ids = ids.ConvertAll(ticket => ticket.Id).ToArray(),
                tokens = ids.ConvertAll(ticket => ticket.Token).ToArray(),
            },
            transaction.Transaction)).ToDictionary(message => message.Id);
        return
        [
            .. tickets.Select(ticket => taken.TryGetValue(ticket.Id, out var message) && message.LeaseToken == ticket.Token + 1 && taken.Remove(ticket.Id) ? message : null),
        ];
    }

    private static async Task<IReadOnlyList<LeasedMessage?>> OneByOneAsync(StoreTransaction transaction, IReadOnlyList<Ticket> tickets)
    {
        var taken = new List<LeasedMessage?>(tickets.Count);
        foreach (var ticket in tickets)
        {
            taken.Add(await transaction.Connection.QuerySingleOrDefaultAsync<LeasedMessage>(One, ticket, transaction.Transaction));
        }

        return taken;
    }
}
