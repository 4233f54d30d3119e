namespace OpsBot.Contracts.Ports;

/// <summary>Reads the messages table for people.</summary>
public interface IMessageReader
{
    Task<MessageCounts> CountAsync(CancellationToken cancellationToken);

    /// <summary>Dead rows, newest first.</summary>
    Task<IReadOnlyList<MessageRow>> DeadAsync(int limit, CancellationToken cancellationToken);

    /// <summary>Deliveries that could not be read, newest first.</summary>
    Task<IReadOnlyList<QuarantinedRow>> QuarantinedAsync(int limit, CancellationToken cancellationToken);

    /// <summary>One delivery that could not be read, with as much of its body as a person reads; null where there is none.</summary>
    Task<QuarantinedRow?> FindQuarantinedAsync(long id, CancellationToken cancellationToken);

    Task<MessageRow?> FindAsync(long id, CancellationToken cancellationToken);
}

/// <summary>How the table stands.</summary>
/// <param name="OldestWaiting">When the row was due that has been due for longest and is not handled yet.</param>
/// <param name="Refused">Deliveries refused for their signature, by source.</param>
/// <param name="NextTimer">When the next timer falls due; null where there is none.</param>
public sealed record MessageCounts(
    long Waiting, long Leased, long Timers, long Handled, long Dead, long Quarantined, DateTimeOffset? OldestWaiting,
    IReadOnlyDictionary<string, long> Refused, DateTimeOffset? NextTimer = null);

/// <summary>One row of <c>messages</c>. The body is redacted.</summary>
public sealed record MessageRow(
    long Id, string Kind, string Stream, string Source, string? DeliveryKey, DateTimeOffset CreatedAt, DateTimeOffset DueAt,
    DateTimeOffset? HandledAt, DateTimeOffset? DeadAt, int Attempts, string? Error, string Body);

/// <summary>One delivery that could not be read. The body is redacted and cut.</summary>
public sealed record QuarantinedRow(
    long Id, string Source, string DeliveryKey, DateTimeOffset ReceivedAt, string Field, string Reason, int Bytes, string Excerpt);
