using System.Data.Common;
using Dapper;
using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Watches;
using OpsBot.Storage.Engine;
using OpsBot.Storage.Incidents;

namespace OpsBot.Storage.Watches;

/// <summary>Reads watches for ticks, pages, cards and commands.</summary>
internal sealed class WatchReader(IStoreReader store) : IWatchReader
{
    public Task<IReadOnlyList<Watch>> ListAsync(IReadOnlyCollection<WatchStatus> status, int limit, CancellationToken cancellationToken) =>
        store.ReadAsync<IReadOnlyList<Watch>>(
            async connection =>
            [
                .. (await connection.QueryAsync<WatchRow>(
                    $"{WatchRow.Select} where @all or {SqlLists.In(connection, "w.status", "@words")} order by w.id desc limit @limit",
                    new { all = status.Count == 0, words = status.Select(WatchRow.Word).ToArray(), limit })).Select(row => row.ToWatch()),
            ],
            cancellationToken);

    public Task<Watch?> FindAsync(long id, CancellationToken cancellationToken) => store.ReadAsync(
        async connection => (await connection.QuerySingleOrDefaultAsync<WatchRow>($"{WatchRow.Select} where w.id = @id", new { id }))?.ToWatch(), cancellationToken);

    public Task<IReadOnlyList<WatchFinding>> FindingsAsync(long id, int limit, CancellationToken cancellationToken) => store.ReadAsync<IReadOnlyList<WatchFinding>>(
        async connection =>
        [
            .. (await connection.QueryAsync<(long Tick, string Kind, string Change, long At, string Text)>(
                "select tick, kind, change, at, text from watch_findings where watch_id = @id order by id desc limit @limit", new { id, limit }))
                .Select(row => new WatchFinding(
                    row.Tick, row.Kind, IncidentTable.Read<WatchChange>($"\"{row.Change}\""), DateTimeOffset.FromUnixTimeMilliseconds(row.At), row.Text)),
        ],
        cancellationToken);

    public Task<long> VersionAsync(CancellationToken cancellationToken) => store.ReadAsync(
        // Not proof against two changes that make up for each other; a page that missed one is right with the next tick.
        connection => connection.ExecuteScalarAsync<long>("select coalesce(sum(tick + generation + deadline_at % 1000003 + case status when 'ended' then 1 else 0 end), 0) + count(*) from watches"),
        cancellationToken);

    public Task<long?> IncidentOfAsync(long id, CancellationToken cancellationToken) => store.ReadAsync(
        connection => connection.ExecuteScalarAsync<long?>(
            """
            select coalesce(
              (select w.incident_id from watches w where w.id = @id),
              (select max(k.incident_id) from incident_keys k where k.source = @source and k.incident_key = @key))
            """,
            new { id, source = WatchNames.AlertSource, key = WatchNames.AlertKey(id) }),
        cancellationToken);

    /// <summary>Those that an incident is about: asked for in it, or whose alert it holds.</summary>
    public static async Task<IReadOnlyList<Watch>> OfIncidentAsync(DbConnection connection, long incidentId, int limit)
    {
        // A key is read here and not by the store: whoever names a sender of his own 'watch' sends what keys he likes.
        var ids = (await connection.QueryAsync<string>(
            """
            select k.incident_key from incident_keys k where k.incident_id = @incidentId and k.source = @source
            union select 'watch/' || a.id from watches a where a.incident_id = @incidentId
            """,
            new { incidentId, source = WatchNames.AlertSource }))
            .Select(key => key.StartsWith("watch/", StringComparison.Ordinal) && WatchNames.TryParse(key["watch/".Length..], out var id) ? id : 0)
            .Where(id => id > 0).ToArray();
        return ids.Length == 0
            ? []
            : [.. (await connection.QueryAsync<WatchRow>(
                $"{WatchRow.Select} where {SqlLists.In(connection, "w.id", "@ids")} order by w.id desc limit @limit", new { ids, limit })).Select(row => row.ToWatch())];
    }
}
