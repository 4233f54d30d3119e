using Dapper;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Messages;

/// <summary>A row that a consumer holds. Properties rather than a constructor: SQLite gives an empty result no column types to match one by.</summary>
internal sealed record LeasedMessage
{
    public long Id { get; init; }

    public string Kind { get; init; } = "";

    public string Stream { get; init; } = "";

    public string Body { get; init; } = "";

    public long CreatedAt { get; init; }

    public long DueAt { get; init; }

    public long LeaseToken { get; init; }

    public long Attempts { get; init; }

    public long Abandoned { get; init; }

    public string? Trace { get; init; }
}

/// <summary>All SQL on <c>messages</c> that takes part in handling. Each call is inside somebody's transaction.</summary>
internal static class MessageTable
{
    internal const string Pending = "handled_at is null and dead_at is null";

    private const string Insert =
        """
        insert into messages (kind, stream, body, source, delivery_key, created_at, due_at, trace)
        values (@Kind, @Stream, @Body, @Source, @deliveryKey, @now, @due, @Trace)
        """;

    // Prometheus lets an alert that it no longer sends live for four minutes: within them the same body cannot mean that it fired anew.
    private static readonly TimeSpan SameBodyIsSameDelivery = TimeSpan.FromMinutes(4);

    /// <summary>Appends rows.</summary>
    public static async Task InsertAsync(
        StoreTransaction transaction, IEnumerable<NewMessage> messages, string? deliveryKey, long now)
    {
        foreach (var message in messages)
        {
            await transaction.DeferAsync(
                message.Coalesce ? transaction.Dialect.InsertUnlessWaiting : Insert,
                new
                {
                    message.Kind,
                    message.Stream,
                    message.Body,
                    message.Source,
                    message.Trace,
                    deliveryKey,
                    now,
                    due = now + (long)message.Delay.TotalMilliseconds,
                });
        }
    }

    /// <summary>
    /// Remembers a delivery; false when it is known already. A key that is only the body's hash is known for
    /// <see cref="SameBodyIsSameDelivery"/> from its first receipt; then the body is a delivery of its own again.
    /// </summary>
    public static async Task<bool> RememberDeliveryAsync(
        StoreTransaction transaction, string source, string deliveryKey, bool keyIsOfBody, long now) =>
        await transaction.Connection.ExecuteAsync(
            $"""
             insert into delivery_keys (source, delivery_key, received_at) values (@source, @deliveryKey, @now)
             {UnlessRemembered}
             """,
            new { source, deliveryKey, now, forgotten = Forgotten(keyIsOfBody, now) },
            transaction.Transaction) == 1;

    /// <summary>The same for many that are distinct, of PostgreSQL's; returns those that were not known.</summary>
    internal const string RememberDeliveries =
        $"""
         insert into delivery_keys (source, delivery_key, received_at)
         select source, key, @now from unnest(@sources, @keys) with ordinality as k (source, key, number) order by number
         {UnlessRemembered}
         returning source, delivery_key
         """;

    private const string UnlessRemembered =
        "on conflict (source, delivery_key) do update set received_at = excluded.received_at where delivery_keys.received_at < @forgotten";

    /// <summary>What was remembered before this is forgotten.</summary>
    internal static long Forgotten(bool keyIsOfBody, long now) => keyIsOfBody ? now - (long)SameBodyIsSameDelivery.TotalMilliseconds : long.MinValue;

    public static async Task<bool> RenewAsync(StoreTransaction transaction, long id, long token, long leaseUntil) =>
        await transaction.Connection.ExecuteAsync(
            $"update messages set lease_until = @leaseUntil where id = @id and lease_token = @token and leased_by is not null and {Pending}",
            new { id, token, leaseUntil },
            transaction.Transaction) == 1;

    /// <summary>The handled mark, first statement of the effect's transaction, which fails with <see cref="LeaseLostException"/> where the lease is lost.</summary>
    public static Task MarkHandledAsync(StoreTransaction transaction, long id, long token, long now) =>
        transaction.DeferAsync(
            $"""
             update messages set handled_at = @now, leased_by = null, lease_until = null, error = null
             where id = @id and lease_token = @token and leased_by is not null and {Pending}
             """,
            new { id, token, now },
            () => new LeaseLostException(id, token));

    /// <summary>Writes a failure to the row: due again later, or dead.</summary>
    public static async Task<bool> MarkFailedAsync(
        StoreTransaction transaction, long id, long token, long now, long? delayMs, string reason) =>
        await transaction.Connection.ExecuteAsync(
            $"""
             update messages set error = @reason, leased_by = null, lease_until = null, published_at = null,
               due_at = case when @dead then due_at else @due end, dead_at = case when @dead then @now else null end
             where id = @id and lease_token = @token and leased_by is not null and {Pending}
             """,
            new { id, token, now, reason, dead = delayMs is null, due = now + (delayMs ?? 0) },
            transaction.Transaction) == 1;

    /// <summary>Takes the handled mark back, in the transaction that set it: due again later, as if it had not been tried.</summary>
    public static Task PostponeAsync(StoreTransaction transaction, long id, long due) =>
        transaction.Connection.ExecuteAsync(
            "update messages set handled_at = null, published_at = null, attempts = attempts - 1, due_at = @due where id = @id",
            new { id, due },
            transaction.Transaction);

    /// <summary>
    /// Takes the handled mark back, in the transaction that set it: due again later, and ahead of what is behind it in its stream, since it counts as being
    /// retried. It counts as one try, however often.
    /// </summary>
    public static Task HoldAsync(StoreTransaction transaction, long id, long due, string reason) =>
        transaction.Connection.ExecuteAsync(
            """
            update messages set handled_at = null, published_at = null, attempts = case when attempts > 1 + abandoned then 1 + abandoned else attempts end,
              due_at = @due, error = @reason
            where id = @id
            """,
            new { id, due, reason },
            transaction.Transaction);

    /// <summary>Takes the handled mark back, in the transaction that set it: a timer that goes on, and has no past.</summary>
    public static Task AgainAsync(StoreTransaction transaction, long id, long due) => transaction.DeferAsync(
        "update messages set handled_at = null, published_at = null, attempts = 0, abandoned = 0, error = null, due_at = @due where id = @id", new { id, due });

    /// <summary>Only this machine handles the row from now on.</summary>
    public static Task BindAsync(StoreTransaction transaction, long id, string host) =>
        transaction.Connection.ExecuteAsync("update messages set host = @host where id = @id", new { id, host }, transaction.Transaction);

    /// <summary>Puts rows back that the bus did not take, or that no consumer has taken yet.</summary>
    public static Task ReleaseAsync(StoreTransaction transaction, IEnumerable<long> ids, string owner) =>
        transaction.Connection.ExecuteAsync(
            $"""
             update messages set leased_by = null, lease_until = null, published_at = null, lease_token = lease_token + 1
             where {SqlLists.In(transaction.Connection, "id", "@ids")} and leased_by = @owner and lease_token % 2 = 1 and {Pending}
             """,
            new { ids = ids.ToArray(), owner },
            transaction.Transaction);

    /// <summary>Puts back all rows of an owner that no consumer has taken yet; returns how many.</summary>
    public static Task<int> ReleaseUntakenAsync(StoreTransaction transaction, string owner) =>
        transaction.Connection.ExecuteAsync(
            $"""
             update messages set leased_by = null, lease_until = null, published_at = null, lease_token = lease_token + 1
             where leased_by = @owner and lease_token % 2 = 1 and {Pending}
             """,
            new { owner },
            transaction.Transaction);

    /// <summary>Puts a row back whose copy nobody has taken. False when it was taken, or lost already.</summary>
    public static async Task<bool> PutBackAsync(StoreTransaction transaction, long id, long token) =>
        await transaction.Connection.ExecuteAsync(
            $"""
             update messages set leased_by = null, lease_until = null, published_at = null, lease_token = lease_token + 1
             where id = @id and lease_token = @token and leased_by is not null and {Pending}
             """,
            new { id, token },
            transaction.Transaction) == 1;

    /// <summary>
    /// Puts a row back that a consumer had taken, as if it had not been: the attempt does not count, nor is it an abandonment. Whoever still
    /// has the token has lost the lease; it stays even, as claim and take add one each. False when it was lost already.
    /// </summary>
    public static async Task<bool> GiveBackAsync(StoreTransaction transaction, long id, long token) =>
        await transaction.Connection.ExecuteAsync(
            $"""
             update messages set leased_by = null, lease_until = null, published_at = null, attempts = attempts - 1,
               lease_token = lease_token + 2
             where id = @id and lease_token = @token and leased_by is not null and {Pending}
             """,
            new { id, token },
            transaction.Transaction) == 1;
}
