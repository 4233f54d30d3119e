using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;
using OpsBot.Storage.Messages;

namespace OpsBot.Benchmarks.Storage;

/// <summary>Finding the rows to claim among 10,000 that wait, against the plain query that says the same: <c>-- claims</c>. The ratio counts, not the times.</summary>
internal static class ClaimBenchmark
{
    private const int Rows = 10_000;

    // The rule as one reads it: each due row is held against the others of its stream.
    private const string Plain =
        """
        select m.id, m.lease_token from messages m
        where m.kind = @kind and m.due_at <= @now and m.leased_by is null and m.handled_at is null and m.dead_at is null
          and (m.host is null or m.host = @host)
          and not exists (select 1 from messages e
            where e.stream = m.stream and e.id <> m.id and e.handled_at is null and e.dead_at is null
              and (e.leased_by is not null or (e.id < m.id and (e.due_at <= @now or e.attempts > 0))))
          and (m.abandoned = 0 or not exists (select 1 from messages a
            where a.kind = m.kind and a.abandoned > 0 and a.leased_by is not null and a.handled_at is null and a.dead_at is null))
        order by m.due_at, m.id limit @limit
        """;

    public static async Task RunAsync()
    {
        foreach (var (streams, held) in new[] { (1, 0), (1, 1), (1000, 0), (1000, 32) })
        {
            await using var store = new BenchmarkStore();
            store.Run($"""
                with recursive n (i) as (select 0 union all select i + 1 from n where i < {Rows - 1})
                insert into messages (kind, stream, body, source, created_at, due_at) select 'k', 'stream/' || (i % {streams}), 'b', 'x', i / 10, i / 10 from n;
                update messages set leased_by = 'somebody', lease_token = 1, lease_until = 9999 where id <= {held}
                """);
            List<double> plain = [], claims = [];
            for (var round = 0; round < 30; round++)
            {
                plain.Add(Time(() => Query(store.Connection, Plain)));
                claims.Add(Time(() => Find(store.Connection)));
            }

            var (was, now) = (plain.Order().ElementAt(15), claims.Order().ElementAt(15));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{Rows} rows wait in {streams} streams, {held} of them in hand: plain {was:0.000} ms, as claimed {now:0.000} ms, ratio {now / was:0.000}"));
        }
    }

    /// <summary>As <see cref="Claims.ClaimAsync"/> looks.</summary>
    private static void Find(SqliteConnection connection)
    {
        if (Query(connection, ClaimQueries.AmongTheOldest) < 32)
        {
            Query(connection, ClaimQueries.CountOldest);
            Query(connection, ClaimQueries.FirstOfEachStream);
        }
    }

    private static int Query(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the project's own text
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in new (string, object)[] { ("@kind", "k"), ("@source", "s"), ("@host", "h"), ("@now", 5000), ("@since", long.MinValue), ("@limit", 32), ("@window", 128) })
            command.Parameters.AddWithValue(name, value);
        using var reader = command.ExecuteReader();
        var rows = 0;
        while (reader.Read())
            rows++;
        return rows;
    }

    private static double Time(Action work)
    {
        var begun = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
    }
}
