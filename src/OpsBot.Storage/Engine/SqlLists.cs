using System.Data.Common;
using Npgsql;

namespace OpsBot.Storage.Engine;

/// <summary>Membership in a list that is a parameter: PostgreSQL takes it as one array, for SQLite Dapper writes its members out.</summary>
internal static class SqlLists
{
    /// <param name="parameter">Bound to an array.</param>
    public static string In(DbConnection connection, string column, string parameter) =>
        connection is NpgsqlConnection ? $"{column} = any({parameter})" : $"{column} in {parameter}";
}
