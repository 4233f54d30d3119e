using System.Data.Common;
using System.Globalization;
using System.Reflection;
using Dapper;
using Microsoft.Extensions.Logging;

namespace OpsBot.Storage.Engine;

/// <summary>Applies the numbered scripts that this store has not seen, each in a transaction of its own. Safe to run again.</summary>
internal sealed partial class Migrator(ISqlDialect dialect, ILogger log, IReadOnlyList<Script>? scripts = null)
{
    private readonly ILogger _log = log;
    private readonly IReadOnlyList<Script> _scripts = scripts ?? Scripts();

    /// <exception cref="StoreException">The store was written by a newer OpsBot.</exception>
    public void Apply(DbConnection connection)
    {
        connection.Execute("create table if not exists migrations (number integer primary key, name text not null)");
        StoreMark.MakeTable(connection);
        var newest = Newest(connection);
        if (newest > _scripts[^1].Number)
        {
            throw new StoreException(
                $"The store is at migration {newest}, this OpsBot knows {_scripts[^1].Number}: it was written by a newer version. Run that version, or restore a backup.");
        }

        foreach (var (number, name, sql) in _scripts.Where(script => script.Number > newest))
        {
            using var transaction = connection.BeginTransaction();
            // Another process may have been faster between the look and the lock.
            if (connection.ExecuteScalar<int>("select count(*) from migrations where number = @number", new { number }, transaction) == 0)
            {
                connection.Execute(Translate(sql), transaction: transaction);
                connection.Execute("insert into migrations (number, name) values (@number, @name)", new { number, name }, transaction);
                transaction.Commit();
                LogApplied(number, name);
            }
        }
    }

    /// <summary>The number of the newest script that the store has seen; 0 for none.</summary>
    internal static int Newest(DbConnection connection) => connection.ExecuteScalar<int?>("select max(number) from migrations") ?? 0;

    internal static IReadOnlyList<Script> Scripts()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return
        [
            .. assembly.GetManifestResourceNames()
                .Where(name => name.EndsWith(".sql", StringComparison.Ordinal))
                .Select(name =>
                {
                    using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                    var file = name[(name.IndexOf(".Migrations.", StringComparison.Ordinal) + ".Migrations.".Length)..];
                    return new Script(int.Parse(file.AsSpan(0, 4), CultureInfo.InvariantCulture), file, reader.ReadToEnd());
                })
                .OrderBy(script => script.Number),
        ];
    }

    private string Translate(string sql) => sql
        .Replace("{{identity}}", dialect.Identity, StringComparison.Ordinal)
        .Replace("{{bytes}}", dialect.Bytes, StringComparison.Ordinal)
        .Replace(" integer", " " + dialect.Integer, StringComparison.Ordinal);

    [LoggerMessage(1102, LogLevel.Information, "Applied migration {Number} ({Name}).")]
    private partial void LogApplied(int number, string name);
}

/// <summary>A numbered script, with what engines write differently in double braces.</summary>
internal sealed record Script(int Number, string Name, string Sql);

/// <summary>The store cannot be used as it is.</summary>
public sealed class StoreException(string message) : Exception(message);
