using Dapper;
using Microsoft.Data.Sqlite;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Copy;

/// <summary>Writes one consistent copy of an embedded store into a file, while OpsBot may be at work with it.</summary>
public static class StoreBackup
{
    /// <returns>The size of the backup in bytes, and the rows of all its tables.</returns>
    /// <exception cref="StoreException">It cannot be written, or is not whole; nothing is left behind.</exception>
    public static async Task<(long Bytes, long Rows)> WriteAsync(string file, string to, CancellationToken cancellationToken)
    {
        to = Path.GetFullPath(to);
        if (File.Exists(to))
        {
            throw new StoreException($"'{to}' is there already. Name a new file: an older backup is not overwritten.");
        }

        // Under another name until it is whole and on the disk: whatever has the name of a backup is one.
        var draft = $"{to}.{Guid.NewGuid():N}.partial";
        try
        {
            using var source = CopySource.Open(file);
            // A snapshot; who writes does not wait.
            await source.Connection.ExecuteAsync(new CommandDefinition("vacuum into @draft", new { draft }, commandTimeout: 0, cancellationToken: cancellationToken));
            var rows = await CheckAsync(draft);
            await using (var written = new FileStream(draft, FileMode.Open, FileAccess.ReadWrite))
            {
                written.Flush(flushToDisk: true);
            }

            File.Move(draft, to);
            return (new FileInfo(to).Length, rows);
        }
        catch (SqliteException failure)
        {
            throw new StoreException($"The backup could not be written to '{to}': {failure.Message}");
        }
        finally
        {
            File.Delete(draft);
        }
    }

    private static async Task<long> CheckAsync(string draft)
    {
        await using var copy = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = draft, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        copy.Open();
        if (await copy.ExecuteScalarAsync<string>("pragma integrity_check") is not "ok" and var problem)
        {
            throw new StoreException($"The store is damaged, and so would the backup be: {problem}. Keep the last good backup, and restore that.");
        }

        var rows = 0L;
        foreach (var table in await Catalogue.TablesAsync(copy))
        {
            rows += await copy.ExecuteScalarAsync<long>($"select count(*) from {table.Sql}");
        }

        return rows;
    }
}
