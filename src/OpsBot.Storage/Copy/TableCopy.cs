using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;
using Npgsql;
using NpgsqlTypes;
using OpsBot.Storage.Messages;

namespace OpsBot.Storage.Copy;

/// <summary>One table, in batches. How far it has come stands in the target and is committed with the rows: what is killed goes on where it was.</summary>
internal sealed class TableCopy(SqliteConnection source, NpgsqlConnection target, HoldPoints points)
{
    private const int BatchRows = 5000;
    private const long BatchBytes = 8 << 20;

    /// <summary>Copies what the target does not have yet; returns the rows copied now.</summary>
    public async Task<long> RunAsync(Table table, CancellationToken cancellationToken)
    {
        var done = await target.QuerySingleOrDefaultAsync<(long LastRow, long Altered)>(
            "select last_row, altered from store_copy_progress where table_name = @Name", new { table.Name });
        await using var command = source.CreateCommand();
#pragma warning disable CA2100 // names from the catalogue, quoted
        command.CommandText = $"{RowValues.Select(source, table, "rowid")} where rowid > @after order by rowid";
#pragma warning restore CA2100
        // Rowids begin at 1 where nobody chose them; a table without a progress starts below whatever somebody did choose.
        command.Parameters.AddWithValue("@after", await HasBegunAsync(table) ? done.LastRow : long.MinValue);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var (copied, more) = (0L, await reader.ReadAsync(cancellationToken));
        while (more)
        {
            await using var transaction = await target.BeginTransactionAsync(cancellationToken);
            var batch = await BatchAsync(reader, table, cancellationToken);
            more = batch.More;
            copied += batch.Rows;
            await target.ExecuteAsync(
                """
                insert into store_copy_progress (table_name, last_row, altered) values (@Name, @LastRow, @Altered)
                on conflict (table_name) do update set last_row = excluded.last_row, altered = store_copy_progress.altered + excluded.altered
                """,
                new { table.Name, batch.LastRow, batch.Altered },
                transaction);
            await transaction.CommitAsync(cancellationToken);
            await points.ReachAsync("copy-batch", cancellationToken);
        }

        return copied;
    }

    private async Task<bool> HasBegunAsync(Table table) =>
        await target.ExecuteScalarAsync<long>("select count(*) from store_copy_progress where table_name = @Name", new { table.Name }) > 0;

    /// <summary>From the row that the reader stands on.</summary>
    private async Task<Batch> BatchAsync(DbDataReader reader, Table table, CancellationToken cancellationToken)
    {
        var (rows, bytes, altered, last, more) = (0L, 0L, 0L, 0L, true);
        await using var writer = await target.BeginBinaryImportAsync($"copy {table.Sql} ({table.Names}) from stdin (format binary)", cancellationToken);
        while (more && rows < BatchRows && bytes < BatchBytes)
        {
            await writer.StartRowAsync(cancellationToken);
            var isAltered = false;
            for (var i = 0; i < table.Columns.Count; i++)
            {
                var value = RowValues.Read(reader, i + 1, table, table.Columns[i], out var replaced);
                isAltered |= replaced;
                bytes += value switch { string text => text.Length, byte[] raw => raw.Length, _ => 8 };
                await WriteAsync(writer, value, cancellationToken);
            }

            last = reader.GetInt64(0);
            rows++;
            altered += isAltered ? 1 : 0;
            more = await reader.ReadAsync(cancellationToken);
        }

        await writer.CompleteAsync(cancellationToken);
        return new Batch(rows, altered, last, more);
    }

    private static Task WriteAsync(NpgsqlBinaryImporter writer, object? value, CancellationToken cancellationToken) => value switch
    {
        long number => writer.WriteAsync(number, NpgsqlDbType.Bigint, cancellationToken),
        string text => writer.WriteAsync(text, NpgsqlDbType.Text, cancellationToken),
        byte[] raw => writer.WriteAsync(raw, NpgsqlDbType.Bytea, cancellationToken),
        _ => writer.WriteNullAsync(cancellationToken),
    };

    private sealed record Batch(long Rows, long Altered, long LastRow, bool More);
}
