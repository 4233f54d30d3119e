using System.Data.Common;
using System.Text;
using Npgsql;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Copy;

/// <summary>The values of a row as PostgreSQL can hold them, from either engine: <c>long</c>, <c>string</c>, <c>byte[]</c> or null.</summary>
internal static class RowValues
{
    /// <summary>A select of all columns, behind <paramref name="first"/> where that is given.</summary>
    public static string Select(DbConnection connection, Table table, string? first = null)
    {
        var columns = table.Columns.Select(column => connection is NpgsqlConnection || column.Kind == ColumnKind.Integer
            ? Table.Quoted(column.Name)
            // the driver ends a text at its first U+0000, the bytes are whole
            : $"cast({Table.Quoted(column.Name)} as blob)");
        return $"select {string.Join(", ", first is null ? columns : columns.Prepend(first))} from {table.Sql}";
    }

    /// <param name="ordinal">Of the column in the reader.</param>
    /// <param name="altered">Whether something had to be replaced.</param>
    /// <exception cref="StoreException">SQLite keeps whatever somebody puts into a column; PostgreSQL does not.</exception>
    public static object? Read(DbDataReader reader, int ordinal, Table table, Column column, out bool altered)
    {
        altered = false;
        if (reader.IsDBNull(ordinal))
        {
            return null;
        }

        switch (column.Kind)
        {
            case ColumnKind.Integer:
                return reader.GetValue(ordinal) is long number
                    ? number
                    : throw new StoreException($"'{table.Name}.{column.Name}' holds something that is no whole number; somebody has changed the store by hand. Mend it, then go on.");
            case ColumnKind.Bytes:
                return reader.GetFieldValue<byte[]>(ordinal);
            default:
                var text = reader.GetValue(ordinal) is byte[] bytes ? Encoding.UTF8.GetString(bytes) : reader.GetString(ordinal);
                var storable = PostgresText.Storable(text);
                altered = !ReferenceEquals(text, storable);
                return storable;
        }
    }
}
