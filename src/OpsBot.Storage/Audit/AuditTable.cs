using System.Data.Common;
using Dapper;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Ports;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Audit;

/// <summary>The rows of the audit: appended and read, never changed.</summary>
public static class AuditTable
{
    // cast, because SQLite keeps whatever somebody puts into a column: it must be found altered, not keep the rest from being read
    private const string Columns =
        "select cast(seq as bigint), cast(at as bigint), cast(kind as text), cast(actor as text), cast(subject as text), cast(body as text), cast(mac as text) from audit";

    /// <summary>Number and hash of the newest row; (0, "") where there is none.</summary>
    public static async Task<(long Seq, string Mac)> HeadAsync(StoreTransaction transaction) =>
        await transaction.Connection.QueryFirstOrDefaultAsync<(long Seq, string? Mac)>(
            "select seq, mac from audit order by seq desc limit 1", transaction: transaction.Transaction) is { Mac: { } mac } head
            ? (head.Seq, mac)
            : (0, "");

    public static Task AppendAsync(StoreTransaction transaction, AuditRow row) => transaction.Connection.ExecuteAsync(
        "insert into audit (seq, at, kind, actor, subject, body, mac) values (@Seq, @at, @Kind, @Actor, @Subject, @Body, @Mac)",
        new { row.Seq, at = row.At.ToUnixTimeMilliseconds(), row.Kind, row.Actor, row.Subject, row.Body, row.Mac },
        transaction.Transaction);

    /// <summary>The newest rows, the newest first.</summary>
    public static Task<IReadOnlyList<AuditRow>> NewestAsync(StoreTransaction transaction, int limit) =>
        RowsAsync(transaction.Connection, transaction.Transaction, "where seq > 0 order by seq desc limit @limit", new { limit });

    internal static async Task<IReadOnlyList<AuditRow>> RowsAsync(DbConnection connection, DbTransaction? transaction, string which, object parameters) =>
        (await connection.QueryAsync<(long Seq, long At, string Kind, string Actor, string Subject, string Body, string Mac)>($"{Columns} {which}", parameters, transaction))
            .Select(row => new AuditRow(row.Seq, Time(row.At), row.Kind, row.Actor, row.Subject, row.Body, row.Mac)).ToList();

    private static DateTimeOffset Time(long at) => DateTimeOffset.FromUnixTimeMilliseconds(
        Math.Clamp(at, DateTimeOffset.MinValue.ToUnixTimeMilliseconds(), DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));

    /// <summary>Everything of one subject in order, each row with the hash of the row before it, from which its own is made.</summary>
    public static async Task<IReadOnlyList<(AuditRow Row, string PreviousMac)>> OfSubjectAsync(StoreTransaction transaction, string subject) =>
        (await transaction.Connection.QueryAsync<(long Seq, long At, string Kind, string Actor, string Body, string Mac, string Previous)>(
            """
            select a.seq, a.at, a.kind, a.actor, a.body, a.mac, coalesce((select p.mac from audit p where p.seq = a.seq - 1), '')
            from audit a where a.subject = @subject and a.seq > 0 order by a.seq
            """,
            new { subject },
            transaction.Transaction))
        .Select(row => (new AuditRow(row.Seq, DateTimeOffset.FromUnixTimeMilliseconds(row.At), row.Kind, row.Actor, subject, row.Body, row.Mac), row.Previous)).ToList();
}

internal sealed class AuditReader(IStoreReader store) : IAuditReader
{
    public Task<IReadOnlyList<AuditRow>> PageAsync(long after, int limit, CancellationToken cancellationToken) =>
        ReadAsync("where seq > @after order by seq limit @limit", new { after, limit }, cancellationToken);

    public Task<long> CountAsync(CancellationToken cancellationToken) =>
        store.ReadAsync(connection => connection.ExecuteScalarAsync<long>("select count(*) from audit"), cancellationToken);

    public Task<IReadOnlyList<AuditRow>> NewestAsync(string? subject, int limit, CancellationToken cancellationToken) => ReadAsync(
        "where seq > 0 and (@subject is null or subject = @subject or subject like @versions) order by seq desc limit @limit",
        new { subject, versions = subject + " v%", limit }, cancellationToken);

    private Task<IReadOnlyList<AuditRow>> ReadAsync(string which, object parameters, CancellationToken cancellationToken) =>
        store.ReadAsync(connection => AuditTable.RowsAsync(connection, transaction: null, which, parameters), cancellationToken);
}
