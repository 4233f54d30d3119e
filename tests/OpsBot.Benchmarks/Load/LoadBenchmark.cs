using System.Globalization;
using Microsoft.Data.Sqlite;
using OpsBot.RealServers;

namespace OpsBot.Benchmarks.Load;

/// <summary>
/// How many alerts go through: floors and OpsBot one after the other on the same machine, servers and generator beside them. Each stretch has a warm-up
/// that is not counted. The real program is started as its users start it.
/// </summary>
internal static class LoadBenchmark
{
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(1);

    private const double SteadyRate = 500;
    private const double BurstRate = 5000;

    private static readonly TimeSpan BurstLength = TimeSpan.FromSeconds(2);

    private static readonly string[] Names = ["floor-a", "floor-b", "intake", "pipeline", "steady", "burst", "embedded"];

    /// <param name="which">Names of stretches; empty for all.</param>
    /// <param name="rate">Alerts a second of floor (b), pipeline and embedded.</param>
    public static async Task RunAsync(IReadOnlyCollection<string> which, double rate, TimeSpan warmUp, TimeSpan duration)
    {
        foreach (var name in which.Count == 0 ? Names : which)
        {
            var folder = Directory.CreateTempSubdirectory("opsbot-load-").FullName;
            try
            {
                if (name == "embedded")
                {
                    await EmbeddedAsync(folder, rate, warmUp, duration);
                }
                else
                {
                    // of its own: what one stretch leaves behind is not the next one's
                    await using var servers = await SharedServers.StartBothAsync(CancellationToken.None, "-c shared_preload_libraries=pg_stat_statements");
                    await servers.LinesAsync("create extension pg_stat_statements", default);
                    await StretchAsync(name, servers, folder, rate, warmUp, duration);
                }
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private static async Task StretchAsync(string name, SharedServers servers, string folder, double rate, TimeSpan warmUp, TimeSpan duration)
    {
        switch (name)
        {
            case "floor-a":
                await using (var process = ServedProcess.Start(Environment.ProcessPath!, NewFolder(folder), "load-floor", servers.Postgres))
                {
                    await StretchAsync("floor (a): verify and grouped insert", process, 0, warmUp, duration, () => servers.CountAsync("select count(*) from floor_events", default));
                }

                break;
            case "floor-b":
                await using (var process = ServedProcess.Start(Environment.ProcessPath!, NewFolder(folder), "load-floor", servers.Postgres, servers.Broker))
                {
                    await StretchAsync(
                        "floor (b): that, publish, consume, seven statements", process, rate, warmUp, duration,
                        () => servers.CountAsync("select count(*) from floor_events where handled_at is not null", default));
                }

                break;
            case "intake":
                await using (var process = Serve(folder, servers.Sections, "--roles", "ingress"))
                {
                    await StretchAsync("intake", process, 0, warmUp, duration, () => servers.CountAsync("select count(*) from delivery_keys", default));
                }

                break;
            case "pipeline" or "steady" or "burst":
                long begun;
                await using (var process = Serve(folder, servers.Sections))
                {
                    var (pace, length) = name switch { "steady" => (SteadyRate, duration), "burst" => (BurstRate, BurstLength), _ => (rate, duration) };
                    begun = await StretchAsync($"{name} on RabbitMQ and PostgreSQL", process, pace, warmUp, length, () => servers.CountAsync(Handled, default), name == "burst" ? SteadyRate : pace);
                }

                foreach (var line in await servers.LinesAsync(Stuck, default))
                {
                    Console.WriteLine($"  not handled: {line}");
                }

                await FirstPostsAsync(servers, begun);
                foreach (var line in await servers.LinesAsync(Waits, default))
                {
                    Console.WriteLine($"  {line}");
                }

                await StatementsAsync(servers);
                break;
            default:
                throw new ArgumentException($"No stretch is called '{name}'. There are: {string.Join(", ", Names)}.", nameof(name));
        }
    }

    private static async Task EmbeddedAsync(string folder, double rate, TimeSpan warmUp, TimeSpan duration)
    {
        await using var process = Serve(folder, sections: "");
        await process.Webhooks;
        await using var store = new SqliteConnection($"Data Source={Directory.GetFiles(folder, "opsbot.db", SearchOption.AllDirectories).Single()};Mode=ReadOnly");
        await store.OpenAsync();
        await StretchAsync(
            "embedded: SQLite and a bus in memory", process, rate, warmUp, duration,
            async () =>
            {
                await using var command = store.CreateCommand();
                command.CommandText = Handled;
                return (long)(await command.ExecuteScalarAsync())!;
            });
    }

    private const string Stuck =
        "select row_to_json(m)::text from (select id, kind, stream, created_at, due_at, published_at, leased_by, lease_until, lease_token, attempts, dead_at, error from messages where handled_at is null and kind = 'alert.reported' order by id limit 20) m";

    private const string Waits =
        """
        select kind || ': ' || count(*) || ' rows; row to claim ' || avg(published_at - created_at)::int || ' ms, claim to handled '
          || avg(handled_at - published_at)::int || ' ms, most ' || max(handled_at - published_at)
        from messages where handled_at is not null group by kind
        """;

    private const string Handled = "select count(*) from messages where handled_at is not null and delivery_key is not null";

    /// <summary>The real program, as its users start it.</summary>
    internal static ServedProcess Serve(string folder, string sections, params string[] more) =>
        ServeIn(NewFolder(folder), sections, more);

    /// <summary>The same on the data that an earlier start left in the folder.</summary>
    internal static ServedProcess ServeIn(string own, string sections, params string[] more)
    {
        var config = Path.Combine(own, "opsbot.yaml");
        File.WriteAllText(config, $"{AlertMix.Senders}\n{sections}\n");
        return ServedProcess.Start(
            Path.Combine(AppContext.BaseDirectory, "opsbot"), own, ["serve", "--config", config, "--urls", "http://127.0.0.1:0", "--console-urls", "http://127.0.0.1:0", .. more]);
    }

    private static string NewFolder(string folder) => Directory.CreateDirectory(Path.Combine(folder, Guid.NewGuid().ToString("N"))).FullName;

    /// <returns>When what counts began, in Unix milliseconds.</returns>
    private static async Task<long> StretchAsync(string name, ServedProcess process, double rate, TimeSpan warmUp, TimeSpan duration, Func<Task<long>> handled, double? before = null)
    {
        using var generator = new Generator(await process.Webhooks, new AlertMix(keys: 1000, services: 200, newOneIn: 50), connections: 64);
        var warm = await generator.SendAsync(before ?? rate, warmUp);
        var counted = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var (first, begun, processor) = (await handled(), TimeProvider.System.GetTimestamp(), process.Processor);
        var sent = await generator.SendAsync(rate, duration);
        var seconds = TimeProvider.System.GetElapsedTime(begun).TotalSeconds;
        var done = await handled() - first;
        var cores = (process.Processor - processor).TotalSeconds / seconds;
        var drained = await DrainAsync(warm.Accepted + sent.Accepted, handled);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: accepted {sent.Accepted / seconds:0}/s, handled {done / seconds:0}/s, refused {sent.Refused}, failed {sent.Failed}; answer p50 {sent.At(.5):0.0} ms, p99 {sent.At(.99):0.0} ms; {process.ResidentMb:0} MB now, {process.PeakMb:0} MB at most; {cores:0.00} cores; rest handled {drained}"));
        foreach (var line in process.Complaints.Take(5))
        {
            Console.WriteLine($"  it said: {line}");
        }

        return counted;
    }

    /// <summary>How long it takes until all that was accepted is handled.</summary>
    private static async Task<string> DrainAsync(long accepted, Func<Task<long>> handled)
    {
        var begun = TimeProvider.System.GetTimestamp();
        long last = -1;
        var still = 0;
        while (still < 10)
        {
            var now = await handled();
            if (now >= accepted)
            {
                return string.Create(CultureInfo.InvariantCulture, $"after {TimeProvider.System.GetElapsedTime(begun).TotalSeconds:0.0} s");
            }

            still = now == last ? still + 1 : 0;
            last = now;
            await Task.Delay(Slice, TimeProvider.System, CancellationToken.None);
        }

        return string.Create(CultureInfo.InvariantCulture, $"never: {last} of {accepted}");
    }

    /// <summary>Where the database spends its time: for each alert from outside, how often it was asked what and for how long.</summary>
    private static async Task StatementsAsync(SharedServers servers)
    {
        var lines = await servers.LinesAsync(
            $"""
            select to_char(calls / alerts, '990.000') || ' times, ' || to_char(1000 * total_exec_time / alerts, '99990') || ' us: ' || left(regexp_replace(query, '\s+', ' ', 'g'), 120)
            from pg_stat_statements, (select count(*)::float8 alerts from messages where delivery_key is not null) a order by total_exec_time desc limit 30
            """, default);
        foreach (var line in lines)
        {
            Console.WriteLine($"  {line}");
        }
    }

    private static async Task FirstPostsAsync(SharedServers servers, long since)
    {
        foreach (var quantile in (string[])["0.5", "0.95"])
        {
            var milliseconds = await servers.CountAsync(
                $"""
                select coalesce(percentile_disc({quantile}) within group (order by t.opened_at - m.created_at), -1) from threads t
                join incident_keys k on k.incident_id = t.incident_id and k.incident_key like '%#n%' join messages m on m.stream = k.source || '/' || k.incident_key
                where m.created_at >= {since}
                """, default);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  first post of a new incident, quantile {quantile}: {milliseconds} ms after its row"));
        }
    }
}
