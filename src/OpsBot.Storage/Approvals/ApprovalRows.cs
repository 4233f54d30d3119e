using System.Data.Common;
using Dapper;
using OpsBot.Contracts.Actions;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Approvals;

/// <summary>Decisions as they stand in <c>approvals</c>.</summary>
internal static class ApprovalRows
{
    private const string Columns = "proposal_id, version, person, approved, at, binding, reason, voided_because";

    /// <summary>Those of one version, oldest first.</summary>
    public static async Task<IReadOnlyList<Approval>> OfAsync(DbConnection connection, DbTransaction transaction, long id, int version) =>
        (await connection.QueryAsync<Row>(
            $"select {Columns} from approvals where proposal_id = @id and version = @version order by at, person", new { id, version }, transaction))
        .Select(Read).ToList();

    /// <summary>Those of every version of these proposals, oldest first.</summary>
    public static async Task<IReadOnlyList<Approval>> OfAsync(DbConnection connection, long[] ids) =>
        (await connection.QueryAsync<Row>($"select {Columns} from approvals where {SqlLists.In(connection, "proposal_id", "@ids")} order by at, person", new { ids }))
        .Select(Read).ToList();

    private static Approval Read(Row row) => new(
        row.Proposal_id, (int)row.Version, row.Person, row.Approved == 1, DateTimeOffset.FromUnixTimeMilliseconds(row.At), row.Binding, row.Reason,
        row.Voided_because);

    /// <summary>Named as the columns are; properties, because SQLite gives an empty result no column types to match a constructor by.</summary>
    private sealed record Row
    {
        public long Proposal_id { get; init; }

        public long Version { get; init; }

        public string Person { get; init; } = "";

        public long Approved { get; init; }

        public long At { get; init; }

        public string Binding { get; init; } = "";

        public string? Reason { get; init; }

        public string? Voided_because { get; init; }
    }
}
