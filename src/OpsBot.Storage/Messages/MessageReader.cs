using System.Text;
using Dapper;
using OpsBot.Contracts.Ports;
using OpsBot.Runtime.Redaction;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Messages;

/// <summary>Reads the table for people; what it shows is redacted.</summary>
internal sealed class MessageReader(IStoreReader store, IRedactor redactor, TimeProvider clock) : IMessageReader
{
    private const int ExcerptBytes = 2000;

    private const int ShownBytes = 256 * 1024;

    private const string QuarantinedColumns =
        "id as Id, source as Source, delivery_key as DeliveryKey, received_at as ReceivedAt, field as Field, reason as Reason, body as Body";

    private const string Columns =
        """
        id as Id, kind as Kind, stream as Stream, source as Source, delivery_key as DeliveryKey, created_at as CreatedAt, due_at as DueAt,
        handled_at as HandledAt, dead_at as DeadAt, attempts as Attempts, error as Error, body as Body
        """;

    public Task<MessageCounts> CountAsync(CancellationToken cancellationToken) => store.ReadAsync(
        async connection =>
        {
            var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
            var row = await connection.QuerySingleAsync<Counts>(
                """
                select
                  (select count(*) from messages where handled_at is null and dead_at is null and leased_by is null and due_at <= @now) as Waiting,
                  (select count(*) from messages where handled_at is null and dead_at is null and leased_by is not null) as Leased,
                  (select count(*) from messages where handled_at is null and dead_at is null and leased_by is null and due_at > @now) as Timers,
                  (select count(*) from messages where handled_at is not null) as Handled,
                  (select count(*) from messages where dead_at is not null) as Dead,
                  (select count(*) from quarantined) as Quarantined,
                  (select min(due_at) from messages where handled_at is null and dead_at is null and due_at <= @now) as Oldest,
                  (select min(due_at) from messages where handled_at is null and dead_at is null and leased_by is null and due_at > @now) as NextTimer
                """,
                new { now });
            var refused = await connection.QueryAsync<(string Source, long Count)>("select source, count from refused order by source");
            return new MessageCounts(
                row.Waiting, row.Leased, row.Timers, row.Handled, row.Dead, row.Quarantined, Time(row.Oldest),
                refused.ToDictionary(entry => entry.Source, entry => entry.Count, StringComparer.Ordinal), Time(row.NextTimer));
        },
        cancellationToken);

    public Task<IReadOnlyList<MessageRow>> DeadAsync(int limit, CancellationToken cancellationToken) => store.ReadAsync<IReadOnlyList<MessageRow>>(
        async connection => (await connection.QueryAsync<Row>(
            $"select {Columns} from messages where dead_at is not null order by dead_at desc, id desc limit @limit", new { limit }))
            .Select(Show).ToList(),
        cancellationToken);

    public Task<MessageRow?> FindAsync(long id, CancellationToken cancellationToken) => store.ReadAsync(
        async connection => await connection.QuerySingleOrDefaultAsync<Row>($"select {Columns} from messages where id = @id", new { id }) is { } row
            ? Show(row)
            : null,
        cancellationToken);

    public Task<IReadOnlyList<QuarantinedRow>> QuarantinedAsync(int limit, CancellationToken cancellationToken) =>
        store.ReadAsync<IReadOnlyList<QuarantinedRow>>(
            async connection => (await connection.QueryAsync<QuarantinedBody>(
                $"select {QuarantinedColumns} from quarantined order by id desc limit @limit", new { limit }))
                .Select(row => Show(row, ExcerptBytes)).ToList(),
            cancellationToken);

    public Task<QuarantinedRow?> FindQuarantinedAsync(long id, CancellationToken cancellationToken) => store.ReadAsync(
        async connection => await connection.QuerySingleOrDefaultAsync<QuarantinedBody>(
            $"select {QuarantinedColumns} from quarantined where id = @id", new { id }) is { } row
            ? Show(row, ShownBytes)
            : null,
        cancellationToken);

    private static DateTimeOffset? Time(long? milliseconds) =>
        milliseconds is { } value ? DateTimeOffset.FromUnixTimeMilliseconds(value) : null;

    private MessageRow Show(Row row) => new(
        row.Id, row.Kind, row.Stream, row.Source, row.DeliveryKey, DateTimeOffset.FromUnixTimeMilliseconds(row.CreatedAt),
        DateTimeOffset.FromUnixTimeMilliseconds(row.DueAt), Time(row.HandledAt), Time(row.DeadAt), (int)row.Attempts, row.Error,
        redactor.Redact(row.Body));

    private QuarantinedRow Show(QuarantinedBody row, int most) => new(
        row.Id, row.Source, row.DeliveryKey, DateTimeOffset.FromUnixTimeMilliseconds(row.ReceivedAt), row.Field, redactor.Redact(row.Reason),
        row.Body.Length, redactor.Redact(Encoding.UTF8.GetString(row.Body.AsSpan(0, Math.Min(row.Body.Length, most)))));

    // Written as classes: a column that is null has no type that a constructor could be matched by.
    private sealed class Counts
    {
        public long Waiting { get; init; }

        public long Leased { get; init; }

        public long Timers { get; init; }

        public long? NextTimer { get; init; }

        public long Handled { get; init; }

        public long Dead { get; init; }

        public long Quarantined { get; init; }

        public long? Oldest { get; init; }
    }

    private sealed class Row
    {
        public long Id { get; init; }

        public string Kind { get; init; } = "";

        public string Stream { get; init; } = "";

        public string Source { get; init; } = "";

        public string? DeliveryKey { get; init; }

        public long CreatedAt { get; init; }

        public long DueAt { get; init; }

        public long? HandledAt { get; init; }

        public long? DeadAt { get; init; }

        public long Attempts { get; init; }

        public string? Error { get; init; }

        public string Body { get; init; } = "";
    }

    private sealed record QuarantinedBody(
        long Id, string Source, string DeliveryKey, long ReceivedAt, string Field, string Reason, byte[] Body);
}
