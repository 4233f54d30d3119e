using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Npgsql;
using OpsBot.RealServers;

namespace OpsBot.Benchmarks.Load;

/// <summary>
/// What a store that has grown costs: 10,000, 100,000 and 1,000,000 handled messages and as many incidents, and how long a webhook's answer, the list of incidents
/// and the page of one take with each, as the real program gives them. <c>-- size</c>, on both engines.
/// </summary>
internal static class SizeBenchmark
{
    private const int Webhooks = 600;
    private const int Pages = 150;

    private static readonly int[] Sizes = [10_000, 100_000, 1_000_000];

    // One incident that came in as any does, many times over. 'number' is its id in each.
    private static readonly string[] Growth =
    [
        """
        insert into incidents (id, environment, status, title, service, severity, opened_at, last_event_at, resolved_at, state, memory)
          select number, environment, 'resolved', title, service, severity, opened_at - number * 1000, last_event_at - number * 1000, last_event_at - number * 1000,
            replace(replace(state, '"id":1,', '"id":' || number || ','), '"status":"open"', '"status":"resolved"'), memory
          from incidents cross join numbers where id = 1
        """,
        """
        insert into incident_alerts (incident_id, source, incident_key, fingerprint, environment, status, last_at, state)
          select number, source, incident_key || number, fingerprint || number, environment, 'resolved', last_at - number * 1000, state
          from incident_alerts cross join numbers where incident_id = 1
        """,
        """
        insert into incident_keys (incident_id, environment, source, incident_key, is_open)
          select number, environment, source, incident_key || number, 0 from incident_keys cross join numbers where incident_id = 1
        """,
        "insert into timeline (incident_id, at, kind, text) select number, at - number * 1000, kind, text from timeline cross join numbers where incident_id = 1",
        """
        insert into threads (incident_id, surface, opened_at, card, card_version)
          select number, surface, opened_at - number * 1000, card, card_version from threads cross join numbers where incident_id = 1
        """,
        """
        insert into messages (kind, stream, body, source, delivery_key, created_at, due_at, handled_at)
          select kind, stream || number, body, source, delivery_key || number, created_at - number * 1000, due_at - number * 1000, handled_at - number * 1000
          from messages cross join numbers where id = 1
        """,
        """
        insert into delivery_keys (source, delivery_key, received_at)
          select source, delivery_key || number, received_at - number * 1000 from delivery_keys cross join numbers
        """,
    ];

    public static async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("opsbot-size-").FullName;
        await using var servers = await SharedServers.StartDatabaseOnlyAsync(CancellationToken.None);
        try
        {
            foreach (var engine in new[] { "sqlite", "postgres" })
            {
                double[]? smallest = null;
                foreach (var size in Sizes)
                {
                    var own = Directory.CreateDirectory(Path.Combine(folder, $"{engine}-{size}")).FullName;
                    var database = $"size{size}";
                    if (engine == "postgres")
                    {
                        await servers.LinesAsync($"create database {database}", default);
                    }

                    var sections = engine == "postgres" ? $"store: {{ postgres: \"{servers.PostgresOf(database)}\" }}" : "";
                    await OneIncidentAsync(own, sections);
                    await using (DbConnection store = engine == "postgres"
                        ? new NpgsqlConnection($"{servers.PostgresOf(database)};Pooling=False;Command Timeout=600")
                        : new SqliteConnection($"Data Source={Directory.GetFiles(own, "opsbot.db", SearchOption.AllDirectories).Single()};Pooling=False;Default Timeout=600"))
                    {
                        await GrowAsync(store, size, engine);
                    }

                    var took = await MeasureAsync(own, sections, size);
                    smallest ??= took;
                    Console.WriteLine(string.Create(
                        CultureInfo.InvariantCulture,
                        $"{engine}, {size} rows: webhook {took[0]:0.00} ms (ratio {took[0] / smallest[0]:0.00}), list of incidents {took[1]:0.00} ms (ratio {took[1] / smallest[1]:0.00}), page of an incident {took[2]:0.00} ms (ratio {took[2] / smallest[2]:0.00}); medians"));
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The store as the program makes it, with one incident whose messages are handled.</summary>
    private static async Task OneIncidentAsync(string folder, string sections)
    {
        await using var process = LoadBenchmark.ServeIn(folder, sections);
        using var generator = new Generator(await process.Webhooks, new AlertMix(keys: 1, services: 1, newOneIn: 0), connections: 1);
        await generator.SendAsync(rate: 20, TimeSpan.FromMilliseconds(300));
        await Task.Delay(TimeSpan.FromSeconds(15), TimeProvider.System, CancellationToken.None);
    }

    private static async Task GrowAsync(DbConnection store, int size, string engine)
    {
        await store.OpenAsync();
        await RunAsync($"create table numbers as with recursive n (number) as (select 2 union all select number + 1 from n where number <= {size}) select number from n");
        foreach (var sql in Growth)
        {
            await RunAsync(sql);
        }

        await RunAsync("drop table numbers");
        if (engine == "postgres")
        {
            await RunAsync($"select setval(pg_get_serial_sequence('incidents', 'id'), {size + 10})");
            await RunAsync("vacuum analyze");
        }

        async Task RunAsync(string sql)
        {
            await using var command = store.CreateCommand();
#pragma warning disable CA2100 // the benchmark's own text
            command.CommandText = sql;
#pragma warning restore CA2100
            command.CommandTimeout = 600;
            await command.ExecuteNonQueryAsync();
        }
    }

    private static async Task<double[]> MeasureAsync(string folder, string sections, int size)
    {
        await using var process = LoadBenchmark.ServeIn(folder, sections);
        using var generator = new Generator(await process.Webhooks, new AlertMix(keys: 500, services: 100, newOneIn: 50), connections: 1);
        await generator.SendAsync(rate: 50, TimeSpan.FromSeconds(8));
        var webhooks = await generator.SendAsync(rate: 50, TimeSpan.FromSeconds(Webhooks / 50.0));
        using var browser = new HttpClient { BaseAddress = await process.Console };
        var random = new Random(1);
        await PagesAsync(() => "");
        var list = await PagesAsync(() => "");
        await PagesAsync(() => $"incidents/INC-{random.Next(2, size)}");
        var page = await PagesAsync(() => $"incidents/INC-{random.Next(2, size)}");
        return [webhooks.At(.5), list, page];

        async Task<double> PagesAsync(Func<string> which)
        {
            var times = new List<double>();
            for (var number = 0; number < Pages; number++)
            {
                var begun = Stopwatch.GetTimestamp();
                using var answer = await browser.GetAsync(new Uri(which(), UriKind.Relative));
                answer.EnsureSuccessStatusCode();
                await answer.Content.ReadAsByteArrayAsync();
                times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            }

            return times.Order().ElementAt(Pages / 2);
        }
    }
}
