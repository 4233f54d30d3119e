namespace OpsBot.Storage.Messages;

/// <summary>Which rows may go onto the bus, for both engines, and found by index however many wait.</summary>
internal static class ClaimQueries
{
    /// <summary>A crash abandons whatever was in hand; what was there when it happened again is suspected.</summary>
    public const int HarmlessAbandonments = 1;

    // What makes a row claimable. A claimable row is the first of its stream that is due or being retried.
    // Each look is for the first by an index's own order, and so is done by that index: PostgreSQL's planner believes that next to nothing waits, as is true
    // most of the time, and takes any other form of it for cheap to find by walking over all that waits, for each row anew.
    private const string Claimable =
        """
        (m.host is null or m.host = @host)
          and (select l.id from messages l
            where l.stream = m.stream and l.leased_by is not null and l.handled_at is null and l.dead_at is null
            order by l.id limit 1) is null
          and m.id = (select e.id from messages e
            where e.stream = m.stream and (e.due_at <= @now or e.attempts > 0) and e.handled_at is null and e.dead_at is null
            order by e.id limit 1)
          and (m.abandoned <= @harmless or not exists (select 1 from messages a
            where a.kind = @kind and a.abandoned > @harmless and a.published_at > @now - @suspicion * a.abandoned and a.leased_by is not null and a.handled_at is null and a.dead_at is null))
        """;

    /// <summary>
    /// How long, for each time it was abandoned, a suspected row must have been in hand without harm before another is tried beside it: a command that
    /// runs for an hour holds nobody up for long, and one that brings the process down late is alone for longer each time.
    /// </summary>
    public static readonly TimeSpan Suspicion = TimeSpan.FromSeconds(30);

    /// <summary>Kinds and senders of which something waits in nobody's hands, from one to the next by the index, and since when it is due.</summary>
    public const string DueSources =
        """
        with recursive kinds (kind) as (
          select min(f.kind) from messages f where f.leased_by is null and f.handled_at is null and f.dead_at is null
          union all
          select (select min(n.kind) from messages n where n.kind > k.kind and n.leased_by is null and n.handled_at is null and n.dead_at is null)
          from kinds k where k.kind is not null),
        sources (kind, source) as (
          select k.kind, (select min(f.source) from messages f where f.kind = k.kind and f.leased_by is null and f.handled_at is null and f.dead_at is null)
          from kinds k where k.kind is not null
          union all
          select s.kind, (select min(n.source) from messages n
            where n.kind = s.kind and n.source > s.source and n.leased_by is null and n.handled_at is null and n.dead_at is null)
          from sources s where s.source is not null)
        select s.kind as Kind, s.source as Source, (select m.due_at from messages m
          where m.kind = s.kind and m.source = s.source and m.leased_by is null and m.handled_at is null and m.dead_at is null
          order by m.due_at, m.id limit 1) as Due
        from sources s where s.source is not null
        """;

    /// <summary>The same of those that are known, each from its floor on; <see cref="DueFloors"/>.</summary>
    public const string DueSince =
        """
        select f.kind as Kind, f.source as Source, (select m.due_at from messages m
          where m.kind = f.kind and m.source = f.source and m.due_at >= f.since and m.leased_by is null and m.handled_at is null and m.dead_at is null
          order by m.due_at, m.id limit 1) as Due
        from unnest(@kinds, @sources, @since) as f (kind, source, since)
        """;

    /// <summary>The claimable among a sender's rows that have been due for longest: enough, unless most of them wait for others of their streams.</summary>
    public const string AmongTheOldest =
        $"""
         select m.id, m.abandoned, m.host from (
           select w.id, w.stream, w.host, w.abandoned, w.due_at from messages w
             where w.kind = @kind and w.source = @source and w.due_at >= @since and w.due_at <= @now and w.leased_by is null and w.handled_at is null and w.dead_at is null
             order by w.due_at, w.id limit @window) m
         where {Claimable}
         order by m.due_at, m.id limit @limit
         """;

    // 'cross join' keeps the engine from walking all due rows by an index that has them in order.
    /// <summary>
    /// All that is claimable, found from the streams that have rows of the kind: from one stream to the next by the index, and from each to
    /// its first row that is due or being retried. What waits behind that row costs nothing, however much it is.
    /// </summary>
    public const string FirstOfEachStream =
        $"""
         with recursive streams (stream) as (
           select min(f.stream) from messages f
             where f.kind = @kind and f.leased_by is null and f.handled_at is null and f.dead_at is null
           union all
           select (select min(n.stream) from messages n
             where n.kind = @kind and n.stream > s.stream and n.leased_by is null and n.handled_at is null and n.dead_at is null)
           from streams s where s.stream is not null),
         claimable as materialized (
         select m.id, m.abandoned, m.host, m.due_at
         from (select (select h.id from messages h
             where h.stream = s.stream and (h.due_at <= @now or h.attempts > 0) and h.handled_at is null and h.dead_at is null
             order by h.id limit 1) as id from streams s) first
         cross join messages m
         where m.id = first.id and m.kind = @kind and m.source = @source and m.due_at <= @now and m.leased_by is null and m.handled_at is null and m.dead_at is null
           and {Claimable})
         select c.id, c.abandoned, c.host from claimable c order by c.due_at, c.id limit @limit
         """;

    public const string CountOldest =
        """
        select count(*) from (select w.id from messages w
          where w.kind = @kind and w.source = @source and w.due_at >= @since and w.due_at <= @now and w.leased_by is null and w.handled_at is null and w.dead_at is null
          limit @window) oldest
        """;
}
