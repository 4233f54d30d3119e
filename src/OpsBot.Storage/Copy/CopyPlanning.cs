using Dapper;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Copy;

/// <summary>Counts what a copy would move, and finds what would keep it from that.</summary>
internal sealed class CopyPlanning(CopySource source, CopyTarget? target, IReadOnlyList<MigrationScript> scripts)
{
    public async Task<CopyPlan> PlanAsync(CancellationToken cancellationToken)
    {
        var tables = await Catalogue.TablesAsync(source.Connection);
        var schema = Migrator.Newest(source.Connection);
        var left = await source.MarkAsync();
        var (resumes, problems) = (false, new List<string>());
        if (schema > scripts[^1].Number)
        {
            problems.Add($"The store is at migration {schema}, this OpsBot knows {scripts[^1].Number}: it was written by a newer version. Run that version.");
        }

        if (source.InUse() is { } used)
        {
            problems.Add(used);
        }

        if (target is not null)
        {
            (resumes, var more) = await OfTargetAsync(target, left, cancellationToken);
            problems.AddRange(more);
        }

        if (left is { FinishedAt: not null } && !resumes)
        {
            problems.Add($"It was moved to {left.Peer} already.");
        }

        var replaced = 0L;
        foreach (var table in tables)
        {
            replaced += await ReplacedAsync(table);
        }

        return new CopyPlan(
            source.File, schema, scripts[^1].Number, target?.Shown, await source.CountAsync(tables), await HeldAsync(), await source.BoundAsync(), replaced, resumes, problems);
    }

    private async Task<(bool Resumes, List<string> Problems)> OfTargetAsync(CopyTarget database, StoreMark? left, CancellationToken cancellationToken)
    {
        var problems = new List<string>();
        if (await database.InUseAsync() is { } used)
        {
            problems.Add(used);
        }

        if (!await database.HasStoreAsync())
        {
            return (false, problems);
        }

        if (await StoreMark.FindAsync(database.Connection) is { } filled)
        {
            if (filled.Id != left?.Id)
            {
                problems.Add($"The database {database.Shown} was filled from another store ({filled.Peer}).");
            }

            else if (filled.FinishedAt is not null)
            {
                problems.Add($"It was moved to {left.Peer} already; there is nothing to do.");
            }

            return (filled.Id == left?.Id, problems);
        }

        if (Migrator.Newest(database.Connection) != scripts[^1].Number)
        {
            // what an older OpsBot made cannot be compared with what this one would
            return (false, problems);
        }

        if (await database.FilledAsync(await Catalogue.TablesAsync(database.Connection), scripts, cancellationToken) is { Count: > 0 } full)
        {
            problems.Add($"The database {database.Shown} is not empty: there are rows in {string.Join(", ", full.Take(5))}.");
        }

        return (false, problems);
    }

    private Task<long> HeldAsync() => source.Connection.ExecuteScalarAsync<long>("select count(*) from messages where leased_by is not null and handled_at is null and dead_at is null");

    private async Task<long> ReplacedAsync(Table table)
    {
        var texts = table.Columns.Where(column => column.Kind == ColumnKind.Text).Select(column => $"instr(cast({Table.Quoted(column.Name)} as blob), x'00') > 0").ToList();
        return texts.Count == 0 ? 0 : await source.Connection.ExecuteScalarAsync<long>($"select count(*) from {table.Sql} where {string.Join(" or ", texts)}");
    }
}
