using OpsBot.Contracts.Actions;

namespace OpsBot.Contracts.Ports;

/// <summary>Reads the audit. Whether it is whole, only a verification with the key can say.</summary>
public interface IAuditReader
{
    /// <summary>Rows behind <paramref name="after"/> in order, as many as asked for at most. Page on with the last one's number.</summary>
    Task<IReadOnlyList<AuditRow>> PageAsync(long after, int limit, CancellationToken cancellationToken);

    /// <summary>How many rows there are, whatever stands in them.</summary>
    Task<long> CountAsync(CancellationToken cancellationToken);

    /// <summary>Newest first.</summary>
    /// <param name="subject">Only rows of this thing: <c>INC-3</c>, or <c>PROP-7</c> for all its versions. Null for all.</param>
    Task<IReadOnlyList<AuditRow>> NewestAsync(string? subject, int limit, CancellationToken cancellationToken);
}
