using System.Data.Common;
using Dapper;
using OpsBot.Contracts.Actions;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Approvals;

/// <summary>The kill switch in the store: one row, so that it holds on every host and after every restart.</summary>
public static class SwitchTable
{
    /// <summary>As it stands, held against whoever wants to move it until the transaction ends.</summary>
    public static async Task<ActionSwitch> ReadAsync(StoreTransaction transaction)
    {
        await transaction.Connection.ExecuteAsync("update action_switch set id = id where id = 1", transaction: transaction.Transaction);
        return await ReadAsync(transaction.Connection, transaction.Transaction);
    }

    /// <param name="to"><see cref="ActionSwitch.StoppedBy"/> is the id of a person.</param>
    public static Task WriteAsync(StoreTransaction transaction, ActionSwitch to) => transaction.Connection.ExecuteAsync(
        "update action_switch set stopped_at = @at, stopped_by = @StoppedBy, reason = @Reason where id = 1",
        new { at = to.StoppedAt?.ToUnixTimeMilliseconds(), to.StoppedBy, to.Reason },
        transaction.Transaction);

    /// <remarks>A row that is not there counts as stopped: nothing may run because somebody deleted it.</remarks>
    internal static async Task<ActionSwitch> ReadAsync(DbConnection connection, DbTransaction? transaction)
    {
        var rows = (await connection.QueryAsync<(long? At, string? By, string? Reason)>(
            "select stopped_at, stopped_by, reason from action_switch where id = 1", transaction: transaction)).AsList();
        return rows switch
        {
            [] => new ActionSwitch(DateTimeOffset.UnixEpoch, null, "the switch is missing from the store; restore it from a backup"),
            [{ At: { } at } row] => new ActionSwitch(DateTimeOffset.FromUnixTimeMilliseconds(at), row.By, row.Reason),
            _ => new ActionSwitch(null, null, null),
        };
    }
}
