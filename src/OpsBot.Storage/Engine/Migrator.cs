using System.Data.Common;
using Dapper;
using Microsoft.Extensions.Logging;

namespace OpsBot.Storage.Engine;

/// <summary>
/// Applies the numbered scripts that this store has not seen, each in a transaction of its own. Safe to run again. With each it records the oldest migration that a
/// program must know to use the store after it: hosts of the version before go on, and may start, on a store that was only expanded.
/// </summary>
/// <param name="scripts">Those of this program unless given.</param>
internal sealed partial class Migrator(ISqlDialect dialect, ILogger log, IReadOnlyList<MigrationScript>? scripts = null)
{
    private readonly ILogger _log = log;
    private readonly IReadOnlyList<MigrationScript> _scripts = scripts ?? MigrationScript.All();

    /// <summary>The newest migration that this program knows.</summary>
    public static int Known { get; } = MigrationScript.All()[^1].Number;

    /// <exception cref="StoreException">The store wants a newer OpsBot than this one, or a step of it wants older hosts to be gone first.</exception>
    public void Apply(DbConnection connection)
    {
        Prepare(connection);
        var (newest, oldest) = StateOf(connection);
        ThrowIfTooOld(newest, oldest, _scripts[^1].Number);
        if (newest > _scripts[^1].Number)
        {
            LogNewer(newest, _scripts[^1].Number, oldest);
        }

        foreach (var script in _scripts.Where(script => script.Number > newest))
        {
            using var transaction = connection.BeginTransaction();
            // Another process may have been faster between the look and the lock.
            if (connection.ExecuteScalar<int>("select count(*) from migrations where number = @Number", script, transaction) == 0)
            {
                var after = script.OldestReader(oldest);
                if (newest > 0 && !script.Expands)
                {
                    ThrowIfOlderHosts(connection, transaction, script, after);
                }

                connection.Execute(Translate(script.Sql), transaction: transaction);
                connection.Execute(
                    "insert into migrations (number, name, oldest_reader) values (@Number, @Name, @after)", new { script.Number, script.Name, after }, transaction);
                transaction.Commit();
                oldest = after;
                LogApplied(script.Number, script.Name);
            }
        }
    }

    /// <summary>For a host that has served this store already.</summary>
    /// <exception cref="StoreException">Meanwhile it wants a newer OpsBot.</exception>
    public static void ThrowIfTooOld(DbConnection connection)
    {
        var (newest, oldest) = StateOf(connection);
        ThrowIfTooOld(newest, oldest, Known);
    }

    internal static IReadOnlyList<MigrationScript> Scripts() => MigrationScript.All();

    private static void ThrowIfTooOld(int newest, int oldest, int known)
    {
        if (oldest > known)
        {
            throw new StoreException(
                $"The store is at migration {newest} and wants a program that knows {oldest}, this OpsBot knows {known}: it was written by a newer version. Run that version, or restore a backup.");
        }
    }

    /// <summary>The number of the newest script that the store has seen; 0 for none.</summary>
    internal static int Newest(DbConnection connection) => connection.ExecuteScalar<int?>("select max(number) from migrations") ?? 0;

    // A row without it was written by a version that knew no steps: whoever does not know it stays away, as it was then.
    private static (int Newest, int Oldest) StateOf(DbConnection connection) => connection.QuerySingle<(int, int)>(
        "select coalesce(max(number), 0), coalesce(max(coalesce(oldest_reader, number)), 0) from migrations");

    private static void Prepare(DbConnection connection)
    {
        connection.Execute("create table if not exists migrations (number integer primary key, name text not null, oldest_reader integer)");
        StoreMark.MakeTable(connection);
        if (HasOldestReader(connection, null))
        {
            return;
        }

        using var transaction = connection.BeginTransaction();
        if (HasOldestReader(connection, transaction))
        {
            return;
        }

        connection.Execute("alter table migrations add column oldest_reader integer", transaction: transaction);
        transaction.Commit();
    }

    private static bool HasOldestReader(DbConnection connection, DbTransaction? transaction)
    {
        using var columns = connection.ExecuteReader("select * from migrations where number < 0", transaction: transaction);
        return columns.FieldCount > 2;
    }

    private void ThrowIfOlderHosts(DbConnection connection, DbTransaction transaction, MigrationScript script, int oldest)
    {
        if (dialect.HostsThatKnowLess is { } sql && connection.ExecuteScalar<int>(sql, new { oldest }, transaction) is > 0 and var hosts)
        {
            throw new StoreException(
                $"Migration {script.Number} ({script.Name}) takes away what older versions use, and {hosts} host{(hosts == 1 ? " that knows" : "s that know")} less than migration {oldest} still serve this store. Upgrade or stop them, and start this one again.");
        }
    }

    private string Translate(string sql) => sql
        .Replace("{{identity}}", dialect.Identity, StringComparison.Ordinal)
        .Replace("{{bytes}}", dialect.Bytes, StringComparison.Ordinal)
        .Replace(" integer", " " + dialect.Integer, StringComparison.Ordinal);

    [LoggerMessage(1102, LogLevel.Information, "Applied migration {Number} ({Name}).")]
    private partial void LogApplied(int number, string name);

    [LoggerMessage(1105, LogLevel.Warning, "The store is at migration {Newest}, and this OpsBot knows {Known}. It was only expanded since {Oldest}, so this version can go on beside the newer one.")]
    private partial void LogNewer(int newest, int known, int oldest);
}

/// <summary>The store cannot be used as it is.</summary>
public sealed class StoreException(string message) : Exception(message);
