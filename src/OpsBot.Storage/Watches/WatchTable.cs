using Dapper;
using OpsBot.Contracts.Messages;
using OpsBot.Contracts.Watches;
using OpsBot.Storage.Engine;
using OpsBot.Storage.Messages;

namespace OpsBot.Storage.Watches;

/// <summary>All SQL on watches that takes part in a write. Each call is inside somebody's transaction.</summary>
public static class WatchTable
{
    /// <summary>Findings of so many of the last ticks are kept.</summary>
    private const int FindingsKept = 1000;

    private const string ForgetFindings = "delete from watch_findings where watch_id = @id and tick < @before";

    private const string Insert =
        """
        insert into watches (title, kind, spec, status, interval_ms, deadline_at, blind_after, owner, environment, service, place, incident_id, own_thread, declared, subject,
          created_at, next_due_at, progress)
        values (@Title, @Kind, @Spec, @Status, @IntervalMs, @DeadlineAt, @BlindAfter, @Owner, @Environment, @Service, @Place, @IncidentId, @OwnThread, @Declared, @Subject,
          @CreatedAt, @NextDueAt, @Progress)
        on conflict do nothing
        returning id
        """;

    // Whoever looked at an older row changes nothing: a tick is done once, and not over the head of a person who paused or extended it meanwhile.
    private const string Update =
        """
        update watches set status = @Status, deadline_at = @DeadlineAt, tick = @Tick, generation = @Generation, last_tick_at = @LastTickAt, next_due_at = @NextDueAt,
          missed = @Missed, latest_ms = @LatestMs, blind = @Blind, said = @Said, progress = @Progress, verdict = @Verdict, ended_at = @EndedAt
        where id = @Id and tick = @seenTick and generation = @seenGeneration and deadline_at = @seenDeadline and status = @seenStatus
        """;

    private const string AddFinding =
        """
        insert into watch_findings (watch_id, tick, kind, change, at, text) values (@id, @Tick, @Kind, @change, @at, @Text)
        on conflict (watch_id, tick, kind, change) do nothing
        """;

    /// <summary>Writes a new watch with its first timer.</summary>
    /// <param name="watch">Its id is given here.</param>
    /// <returns>Null where its declaration has one for its subject already.</returns>
    public static async Task<Watch?> CreateAsync(EffectScope scope, Watch watch)
    {
        var row = WatchRow.Of(watch with { NextDueAt = watch.NextDueAt ?? scope.Now });
        if (await scope.Transaction.Connection.ExecuteScalarAsync<long?>(Insert, row, scope.Transaction.Transaction) is not { } id)
            return null;
        var created = row.ToWatch() with { Id = id };
        SetTimer(scope, created);
        return created;
    }

    /// <summary>Sets the timer of the next tick, or of the end of a watch that is paused. The tick itself sets it again in place.</summary>
    /// <remarks>One that is paused has a stream for each pause: its timer must not stand in front of those that come when it goes on.</remarks>
    public static void SetTimer(EffectScope scope, Watch watch) => scope.Follow(NewMessage.Of(
        new WatchTick(watch.Id, watch.Generation),
        watch.Status == WatchStatus.Paused ? FormattableString.Invariant($"{Streams.Watch(watch.Id)}/paused/{watch.Generation}") : Streams.Watch(watch.Id),
        watch.NextDueAt is { } due && due > scope.Now ? due - scope.Now : TimeSpan.Zero));

    public static async Task<Watch?> FindAsync(StoreTransaction transaction, long id) =>
        (await transaction.Connection.QuerySingleOrDefaultAsync<WatchRow>($"{WatchRow.Select} where w.id = @id", new { id }, transaction.Transaction))?.ToWatch();

    /// <summary>Writes what changed.</summary>
    /// <param name="seen">The row as it was looked at.</param>
    /// <returns>False where somebody else was faster: nothing was written.</returns>
    public static async Task<bool> SaveAsync(StoreTransaction transaction, Watch seen, Watch watch)
    {
        var parameters = new DynamicParameters(WatchRow.Of(watch));
        parameters.AddDynamicParams(new
        {
            seenTick = seen.Tick,
            seenGeneration = seen.Generation,
            seenDeadline = seen.Deadline.ToUnixTimeMilliseconds(),
            seenStatus = WatchRow.Word(seen.Status),
        });
        return await transaction.Connection.ExecuteAsync(Update, parameters, transaction.Transaction) == 1;
    }

    public static async Task AddFindingsAsync(StoreTransaction transaction, long id, IEnumerable<WatchFinding> findings)
    {
        var newest = 0L;
        foreach (var finding in findings)
        {
            await transaction.DeferAsync(
                AddFinding, new { id, finding.Tick, finding.Kind, change = WatchRow.Word(finding.Change), at = finding.At.ToUnixTimeMilliseconds(), finding.Text });
            newest = Math.Max(newest, finding.Tick);
        }

        // A watch may be extended for ever; what it found long ago is in its incident's thread.
        if (newest > FindingsKept)
            await transaction.DeferAsync(ForgetFindings, new { id, before = newest - FindingsKept });
    }

    /// <summary>The newest incident that a watch's own alert opened.</summary>
    public static Task<long?> IncidentAsync(StoreTransaction transaction, long id) => transaction.Connection.ExecuteScalarAsync<long?>(
        "select max(incident_id) from incident_keys where source = @source and incident_key = @key",
        new { source = WatchNames.AlertSource, key = WatchNames.AlertKey(id) },
        transaction.Transaction);

    /// <summary>Running watches that observe one of some subjects.</summary>
    public static async Task<IReadOnlyList<Watch>> RunningOfAsync(StoreTransaction transaction, IReadOnlyCollection<string> subjects) =>
        [.. (await transaction.Connection.QueryAsync<WatchRow>(
            $"{WatchRow.Select} where {SqlLists.In(transaction.Connection, "w.subject", "@subjects")} and w.status = 'running' order by w.id",
            new { subjects = subjects.ToArray() }, transaction.Transaction))
            .Select(row => row.ToWatch())];

    /// <summary>Running watches of a declaration.</summary>
    public static async Task<IReadOnlyList<Watch>> RunningOfDeclaredAsync(StoreTransaction transaction, string declared) =>
        [.. (await transaction.Connection.QueryAsync<WatchRow>(
            $"{WatchRow.Select} where w.declared = @declared and w.status = 'running' order by w.id", new { declared }, transaction.Transaction)).Select(row => row.ToWatch())];

    /// <summary>The newest watch of a declaration that observes, or observed, one of some subjects.</summary>
    public static async Task<Watch?> NewestOfAsync(StoreTransaction transaction, string declared, IReadOnlyCollection<string> subjects) =>
        (await transaction.Connection.QueryFirstOrDefaultAsync<WatchRow>(
            $"{WatchRow.Select} where {SqlLists.In(transaction.Connection, "w.subject", "@subjects")} and w.declared = @declared order by w.id desc limit 1",
            new { subjects = subjects.ToArray(), declared }, transaction.Transaction))?.ToWatch();

    /// <summary>Running watches whose tick was due before a time and has no row that could still become it; the first few.</summary>
    public static async Task<IReadOnlyList<Watch>> WithoutTimerAsync(StoreTransaction transaction, DateTimeOffset before) =>
        [.. (await transaction.Connection.QueryAsync<WatchRow>(
            $"""
             {WatchRow.Select} where w.status in ('running', 'paused') and w.next_due_at < @before and not exists (
               select 1 from messages m where (m.stream = 'watch/' || w.id or m.stream = 'watch/' || w.id || '/paused/' || w.generation) and m.kind = @kind and m.handled_at is null and m.dead_at is null)
             order by w.id limit 100
             """,
            new { before = before.ToUnixTimeMilliseconds(), kind = WatchTick.Kind }, transaction.Transaction)).Select(row => row.ToWatch())];
}
