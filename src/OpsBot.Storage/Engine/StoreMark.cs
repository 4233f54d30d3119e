using System.Data.Common;
using System.Globalization;
using Dapper;

namespace OpsBot.Storage.Engine;

/// <summary>
/// Says that a store is being moved to another engine or has been: the one that is left must not go on, and the new one not before it is whole.
/// Otherwise the same work would be done twice.
/// </summary>
/// <param name="Id">The same on both sides of one move.</param>
/// <param name="Peer">The other side, for people; without secrets.</param>
internal sealed record StoreMark(string Id, string Role, string Peer, long BegunAt, long? FinishedAt)
{
    public const string Source = "source";
    public const string Target = "target";

    private const string Table = "create table if not exists store_copy (id text primary key, role text not null, peer text not null, begun_at bigint not null, finished_at bigint)";

    public static void MakeTable(DbConnection connection) => connection.Execute(Table);

    public static async Task<StoreMark?> FindAsync(DbConnection connection, DbTransaction? transaction = null) =>
        await connection.QuerySingleOrDefaultAsync<(string? Id, string Role, string Peer, long BegunAt, long? FinishedAt)>(
            "select id, role, peer, begun_at, finished_at from store_copy", transaction: transaction) is { Id: { } id } row
            ? new StoreMark(id, row.Role, row.Peer, row.BegunAt, row.FinishedAt)
            : null;

    public static Task WriteAsync(DbConnection connection, StoreMark mark, DbTransaction? transaction = null) => connection.ExecuteAsync(
        """
        insert into store_copy (id, role, peer, begun_at, finished_at) values (@Id, @Role, @Peer, @BegunAt, @FinishedAt)
        on conflict (id) do update set finished_at = excluded.finished_at
        """,
        mark,
        transaction);

    public static Task RemoveAsync(DbConnection connection, DbTransaction? transaction = null) => connection.ExecuteAsync("delete from store_copy", transaction: transaction);

    /// <exception cref="StoreException">Nothing may be done with this store now.</exception>
    public static void Check(DbConnection connection)
    {
        switch (FindAsync(connection).GetAwaiter().GetResult())
        {
            case { Role: Source, FinishedAt: null } mark:
                throw new StoreException(
                    $"This store is being moved to PostgreSQL ({mark.Peer}), begun {At(mark.BegunAt)}. Finish it with 'opsbot store copy', or stay here with 'opsbot store copy --abandon'.");
            case { Role: Source, FinishedAt: { } finished } mark:
                throw new StoreException(
                    $"This store was moved to PostgreSQL ({mark.Peer}) on {At(finished)} and is out of use: what is handled there would be handled here again. "
                    + "Set store.postgres; to go back, restore a backup from before the move.");
            case { Role: Target, FinishedAt: null } mark:
                throw new StoreException(
                    $"This store is not whole: 'opsbot store copy' from {mark.Peer}, begun {At(mark.BegunAt)}, has not ended. Run it again, it goes on where it was; or make the database anew.");
        }
    }

    private static string At(long time) => DateTimeOffset.FromUnixTimeMilliseconds(time).ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);
}
