using System.Diagnostics;
using System.Globalization;
using OpsBot.Storage.Engine;
using OpsBot.Storage.Retention;

namespace OpsBot.Benchmarks.Storage;

/// <summary>How long small writes wait while 200,000 rows are pruned, and how long without: <c>-- prune</c>.</summary>
internal static class PruneBenchmark
{
    private const int Rows = 200_000;

    public static async Task RunAsync()
    {
        await using var store = new BenchmarkStore();
        store.Run($"""
            with recursive n (i) as (select 1 union all select i + 1 from n where i < {Rows})
            insert into messages (kind, stream, body, source, created_at, due_at, handled_at)
              select 'alert.reported', 'alertmanager/' || (i % 5000), hex(randomblob(400)), 'alertmanager', i, i, i from n;
            insert into journal (message_id, lease_token, at, step, body) select id, 2, id, 'begun', 'b' from messages where id % 10 = 0
            """);
        var pruning = new StorePruning(store.Store, store.Options, TimeProvider.System);
        await WritesAsync(store.Store, "without pruning", Task.Delay(TimeSpan.FromSeconds(5), TimeProvider.System));
        var begun = Stopwatch.GetTimestamp();
        var pruned = pruning.PruneAsync(CancellationToken.None);
        await WritesAsync(store.Store, "while pruning", pruned);
        var rows = await pruned;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rows} rows pruned in {Stopwatch.GetElapsedTime(begun).TotalSeconds:0.0} s"));
    }

    private static async Task WritesAsync(SqliteStore store, string when, Task until)
    {
        var waits = new List<double>();
        while (!until.IsCompleted)
        {
            var begun = Stopwatch.GetTimestamp();
            await store.WriteAsync(_ => Task.FromResult(true), CancellationToken.None);
            waits.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            await Task.Delay(TimeSpan.FromMilliseconds(3), TimeProvider.System);
        }

        waits.Sort();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{when}: {waits.Count} writes, median {waits[waits.Count / 2]:0.0} ms, p99 {waits[waits.Count * 99 / 100]:0.0} ms, longest {waits[^1]:0.0} ms"));
    }
}
