using System.Data.Common;

namespace OpsBot.Tests.Support;

/// <summary>SQL of a test's own, beside the store.</summary>
internal static class PlainSql
{
    public static void Execute(this DbConnection connection, string sql, params (string Name, object Value)[] values)
    {
        using var command = Command(connection, sql, values);
        command.ExecuteNonQuery();
    }

    /// <summary>The first column of all rows.</summary>
    public static List<string?> Column(this DbConnection connection, string sql)
    {
        using var command = Command(connection, sql, []);
        using var reader = command.ExecuteReader();
        var rows = new List<string?>();
        while (reader.Read()) rows.Add(reader.IsDBNull(0) ? null : Convert.ToString(reader.GetValue(0), System.Globalization.CultureInfo.InvariantCulture));
        return rows;
    }

    /// <summary>The one number that is asked for; 0 where there is none.</summary>
    public static int Number(this DbConnection connection, string sql) => int.Parse(connection.Column(sql).Single() ?? "0", System.Globalization.CultureInfo.InvariantCulture);

    private static DbCommand Command(DbConnection connection, string sql, (string Name, object Value)[] values)
    {
        var command = connection.CreateCommand();
        command.CommandTimeout = 300;
#pragma warning disable CA2100 // the test's own text
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in values)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
