using Dapper;
using OpsBot.Contracts.Ports;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Messages;

/// <summary>Each figure is found in an index that holds nothing else, and counted no further than the bound.</summary>
internal sealed class FigureReader(IStoreReader store, TimeProvider clock) : IStoreFigures
{
    // From one sender to the next by the index.
    internal const string OfKind =
        """
        with recursive sources (source) as (
          select min(source) from messages where kind = @kind and leased_by is null and handled_at is null and dead_at is null
          union all
          select (select n.source from messages n
            where n.kind = @kind and n.source > s.source and n.leased_by is null and n.handled_at is null and n.dead_at is null
            order by n.source limit 1)
          from sources s where s.source is not null)
        select
          (select count(*) from (select 1 from sources s cross join messages m where m.kind = @kind and m.source = s.source
             and m.due_at <= @now and m.leased_by is null and m.handled_at is null and m.dead_at is null limit @most) counted) as Due,
          (select min(first.due_at) from (select (select m.due_at from messages m
             where m.kind = @kind and m.source = s.source and m.due_at <= @now and m.leased_by is null and m.handled_at is null and m.dead_at is null
             order by m.due_at, m.id limit 1) as due_at from sources s) first) as Oldest
        """;

    internal const string OfAll =
        """
        select
          (select count(*) from (select 1 from messages where leased_by is not null and handled_at is null and dead_at is null limit @most) counted) as Leased,
          (select count(*) from (select 1 from messages where dead_at is not null limit @most) counted) as Dead,
          (select count(*) from (select 1 from quarantined limit @most) counted) as Quarantined,
          (select count(*) from (select 1 from incidents where status = 'open' limit @most) counted) as OpenIncidents,
          (select count(*) from (select 1 from incidents where status = 'acknowledged' limit @most) counted) as AcknowledgedIncidents,
          (select count(*) from (select 1 from proposals where status = 'open' limit @most) counted) as ProposalsWaiting,
          (select count(*) from (select 1 from action_runs where status = 'unknown' limit @most) counted) as RunsUnknown
        """;

    public Task<StoreFigures> ReadAsync(IReadOnlyCollection<string> kinds, CancellationToken cancellationToken) => store.ReadAsync(
        async connection =>
        {
            var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
            var backlog = new List<KindBacklog>();
            foreach (var kind in kinds)
            {
                var row = await connection.QuerySingleAsync<Waiting>(OfKind, new { kind, now, most = IStoreFigures.Most });
                backlog.Add(new KindBacklog(kind, row.Due, row.Oldest is { } due ? DateTimeOffset.FromUnixTimeMilliseconds(due) : null));
            }

            var all = await connection.QuerySingleAsync<Counts>(OfAll, new { most = IStoreFigures.Most });
            return new StoreFigures(
                backlog, all.Leased, all.Dead, all.Quarantined, all.OpenIncidents, all.AcknowledgedIncidents, all.ProposalsWaiting, all.RunsUnknown);
        },
        cancellationToken);

    // Written as classes: a column that is null has no type that a constructor could be matched by.
    private sealed class Waiting
    {
        public long Due { get; init; }

        public long? Oldest { get; init; }
    }

    private sealed class Counts
    {
        public long Leased { get; init; }

        public long Dead { get; init; }

        public long Quarantined { get; init; }

        public long OpenIncidents { get; init; }

        public long AcknowledgedIncidents { get; init; }

        public long ProposalsWaiting { get; init; }

        public long RunsUnknown { get; init; }
    }
}
