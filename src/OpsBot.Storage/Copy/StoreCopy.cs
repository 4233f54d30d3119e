using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using Npgsql;
using OpsBot.Storage.Engine;
using OpsBot.Storage.Messages;

namespace OpsBot.Storage.Copy;

/// <summary>
/// Moves an embedded store to PostgreSQL. The source is left for good: nobody starts on it once the copy has begun, so that what was read is what there is, however often
/// the copy is interrupted. The target is used by nobody before all of it is there and compared.
/// </summary>
public sealed class StoreCopy(IOptions<MessageOptions> messages, HoldPoints points, TimeProvider clock)
{
    /// <summary>What both sides are brought to.</summary>
    internal IReadOnlyList<MigrationScript> Scripts { get; init; } = Migrator.Scripts();

    /// <param name="file">The SQLite file.</param>
    /// <param name="connectionString">Of an empty database, or of the one that an interrupted copy of the same file was filling.</param>
    /// <param name="say">Told how it comes along.</param>
    /// <exception cref="StoreException">It is refused, or was interrupted; says why and what to do.</exception>
    public Task<CopyOutcome> RunAsync(string file, string connectionString, Action<string> say, CancellationToken cancellationToken) => WithReasonsAsync(async () =>
    {
        using var source = CopySource.Open(file);
        source.RequireUnused();
        await using var target = await CopyTarget.OpenAsync(connectionString, cancellationToken);
        await target.TakeAsync(cancellationToken);
        await target.MigrateAsync(Scripts);
        var tables = await Catalogue.TablesAsync(target.Connection);
        var (mark, resumes) = await AgreeAsync(source, target, tables, cancellationToken);
        if (source.Migrate(Scripts) is var (from, to) && from < to)
        {
            say($"The source was at migration {from}, of an older OpsBot; it was brought to {to} first.");
        }

        var ours = await Catalogue.TablesAsync(source.Connection);
        Catalogue.RequireSame(ours, tables);
        if (mark.FinishedAt is null)
        {
            await BeginAsync(source, target, ours, mark, resumes, say, cancellationToken);
            return await FillAsync(source, target, ours, mark, say, cancellationToken);
        }

        return await OutcomeAsync(source, target, ours, copied: 0, new Dictionary<string, long>(), wasDone: true);
    });

    /// <summary>What would be done. Nothing is changed on either side.</summary>
    /// <param name="connectionString">Null where only the source is to be counted.</param>
    /// <exception cref="StoreException">A side cannot be looked at.</exception>
    public Task<CopyPlan> PlanAsync(string file, string? connectionString, CancellationToken cancellationToken) => WithReasonsAsync(async () =>
    {
        using var source = CopySource.Open(file);
        await source.Connection.ExecuteAsync("pragma query_only = 1");
        await using var target = connectionString is null ? null : await CopyTarget.OpenAsync(connectionString, cancellationToken);
        return await new CopyPlanning(source, target, Scripts).PlanAsync(cancellationToken);
    });

    /// <summary>Gives a copy up that has not ended: the source may be used again. False where none has begun.</summary>
    /// <exception cref="StoreException">It has ended: what is handled on the other side would be handled again.</exception>
    public static Task<bool> AbandonAsync(string file) => WithReasonsAsync(async () =>
    {
        using var source = CopySource.Open(file);
        await source.LockAsync();
        var mark = await source.MarkAsync();
        if (mark is { FinishedAt: not null })
        {
            throw new StoreException($"The copy to {mark.Peer} has ended, and what is handled there would be handled here again. To go back, restore a backup from before the move.");
        }

        await source.UnlockAsync();
        if (mark is not null)
        {
            await StoreMark.RemoveAsync(source.Connection);
        }

        return mark is not null;
    });

    /// <summary>Which copy this is: a new one into an empty database, or one that goes on.</summary>
    private async Task<(StoreMark Mark, bool Resumes)> AgreeAsync(
        CopySource source, CopyTarget target, IReadOnlyList<Table> tables, CancellationToken cancellationToken)
    {
        var (left, filled) = (await source.MarkAsync(), await StoreMark.FindAsync(target.Connection));
        if (filled is not null && left?.Id == filled.Id)
        {
            return (filled, true);
        }

        if (left is { FinishedAt: not null })
        {
            throw new StoreException($"'{source.File}' was moved to {left.Peer} already, and that is not this database.");
        }

        if (filled is not null)
        {
            throw new StoreException($"The database {target.Shown} was filled from another store ({filled.Peer}). Name an empty one.");
        }

        if (await target.FilledAsync(tables, Scripts, cancellationToken) is { Count: > 0 } full)
        {
            throw new StoreException($"The database {target.Shown} is not empty: there are rows in {string.Join(", ", full.Take(5))}. Name an empty one; two stores cannot be made one.");
        }

        return (new StoreMark(Guid.NewGuid().ToString("N"), StoreMark.Source, target.Shown, clock.GetUtcNow().ToUnixTimeMilliseconds(), null), false);
    }

    private async Task BeginAsync(
        CopySource source, CopyTarget target, IReadOnlyList<Table> tables, StoreMark mark, bool resumes, Action<string> say, CancellationToken cancellationToken)
    {
        if (resumes)
        {
            say("This copy was interrupted; it goes on where it was.");
            return;
        }

        // First the source: where we end in between, nothing is in the target yet, and the next run begins anew.
        if (await source.LeaveAsync(mark, messages.Value.Abandonments, mark.BegunAt) is > 0 and var freed)
        {
            say($"{freed} rows were in the hands of processes that are no more; they are handled again on the other side.");
        }

        await target.BeginAsync(mark with { Role = StoreMark.Target, Peer = source.File }, tables, cancellationToken);
    }

    private async Task<CopyOutcome> FillAsync(
        CopySource source, CopyTarget target, IReadOnlyList<Table> tables, StoreMark mark, Action<string> say, CancellationToken cancellationToken)
    {
        await source.LockAsync();
        var copied = 0L;
        foreach (var table in tables)
        {
            var rows = await new TableCopy(source.Connection, target.Connection, points).RunAsync(table, cancellationToken);
            copied += rows;
            if (rows > 0)
            {
                say(string.Create(CultureInfo.InvariantCulture, $"{table.Name}: {rows} rows"));
            }
        }

        say("Comparing both sides.");
        foreach (var table in tables)
        {
            var (there, here) = (await TableDigest.OfAsync(target.Connection, table, cancellationToken), await TableDigest.OfAsync(source.Connection, table, cancellationToken));
            if (there != here)
            {
                throw new StoreException(
                    $"'{table.Name}' is not the same on both sides ({here.Rows} rows here, {there.Rows} there): somebody has changed one meanwhile. Make the database anew and run this again.");
            }
        }

        await target.ContinueIdsAsync(source.Connection);
        var replaced = await target.ReplacedAsync();
        await points.ReachAsync("copy-compared", cancellationToken);
        source.RequireUnused();
        await source.UnlockAsync();

        // First the source: from here on it must not be taken up again, and the next run ends what is left.
        var finished = clock.GetUtcNow().ToUnixTimeMilliseconds();
        await StoreMark.WriteAsync(source.Connection, mark with { Role = StoreMark.Source, FinishedAt = finished });
        await target.CompleteAsync(mark with { Role = StoreMark.Target, FinishedAt = finished }, tables, cancellationToken);
        return await OutcomeAsync(source, target, tables, copied, replaced, wasDone: false);
    }

    private static async Task<CopyOutcome> OutcomeAsync(
        CopySource source, CopyTarget target, IReadOnlyList<Table> tables, long copied, IReadOnlyDictionary<string, long> replaced, bool wasDone) =>
        new(source.File, target.Shown, copied, await source.CountAsync(tables), replaced, await source.BoundAsync(), wasDone);

    private static async Task<T> WithReasonsAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (PostgresException refused)
        {
            throw new StoreException($"PostgreSQL refused it{(refused.TableName is { Length: > 0 } table ? $" in '{table}'" : "")}: {refused.MessageText}.");
        }
        catch (NpgsqlException lost)
        {
            throw new StoreException($"PostgreSQL was lost: {lost.Message} Run this again once it is back: it goes on where it was.");
        }
        catch (SqliteException refused)
        {
            throw new StoreException($"The SQLite store refused it: {refused.Message} If another program is writing to it, wait for that.");
        }
    }
}
