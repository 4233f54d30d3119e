using System.Globalization;
using OpsBot.IntegrationTests.Prometheus;
using OpsBot.IntegrationTests.Support;
using OpsBot.RealServers;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Watches;

/// <summary>The program is killed from outside among many running watches, again and again: none is lost, none ticks twice, and none waits longer than it must.</summary>
public sealed class WatchCrashTests(ITestOutputHelper output)
{
    private static readonly int Seed = int.TryParse(Environment.GetEnvironmentVariable("OPSBOT_SEED"), CultureInfo.InvariantCulture, out var seed) ? seed : 20260105;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    // The store keeps each write of a tick here by itself, whoever thinks that he did it.
    private const string Recorder =
        """
        create table tick_log (watch_id integer not null, tick integer not null, at integer not null);
        create trigger tick_recorder after update of tick on watches when new.tick <> old.tick
          begin insert into tick_log values (new.id, old.tick, new.last_tick_at); end;
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Killed_among_running_watches_it_loses_none_ticks_none_twice_and_is_late_for_none()
    {
        var (count, kills) = LongRun.IsOn ? (1000, 10) : (100, 2);
        var random = new Random(Seed);
        using var folder = new DataFolder();
        await using var prometheus = await PrometheusServer.StartAsync(Cancel);
        var config = folder.Write("opsbot.yaml", $$"""
            evidence:
              prometheus: [{ name: main, url: "{{prometheus.Url}}", requestsPerSecond: 1000, burst: 1000, maxConcurrent: 32 }]
            """);
        await ManyWatches.BeginAsync(
            folder.Data, count, Interval, TimeSpan.FromHours(2), number => $"vector({number})", TimeProvider.System.GetUtcNow(), Cancel);
        folder.Store.Execute(Recorder);
        var outages = new List<(long From, long To)>();
        var from = Now();
        for (var kill = 0; kill <= kills; kill++)
        {
            await using var process = await OpsBotProcess.ServeAsync(folder, config, Cancel);
            var served = Now();
            outages.Add((from, served));
            await OpsBotProgram.UntilAsync(
                () => Task.FromResult(folder.Store.Count($"select count(*) from watches where last_tick_at >= {served}") == count ? "all" : null),
                $"a tick of each watch in life {kill}", Cancel);
            if (kill < kills)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(0, (int)Interval.TotalMilliseconds)), TimeProvider.System, Cancel);
                from = Now();
                await process.KillAsync();
            }
        }

        Check(folder, count, outages);
    }

    private void Check(DataFolder folder, int count, List<(long From, long To)> outages)
    {
        var ticks = folder.Store.Query("select watch_id, tick, at from tick_log order by watch_id, tick, rowid", row => (Watch: row.GetInt64(0), Tick: row.GetInt64(1), At: row.GetInt64(2)));
        folder.Store.Count("select count(*) from watches where status = 'running'").ShouldBe(count, "none is lost");
        folder.Store.Count("select count(*) from messages where kind = 'watch.tick' and handled_at is null and dead_at is null").ShouldBe(count, "each has its one timer");
        ticks.GroupBy(tick => (tick.Watch, tick.Tick)).Where(same => same.Count() > 1).ShouldBeEmpty("no tick is done twice");
        var worst = 0L;
        foreach (var watch in ticks.GroupBy(tick => tick.Watch))
        {
            watch.Select(tick => tick.Tick).ShouldBe(Enumerable.Range(0, watch.Count()).Select(number => (long)number), $"every tick of {watch.Key} is there, in order");
            foreach (var (before, after) in watch.Zip(watch.Skip(1)))
            {
                // What it had to wait: its interval, and the time that nobody was there.
                var away = outages.Sum(outage => Math.Max(0, Math.Min(outage.To, after.At) - Math.Max(outage.From, before.At)));
                worst = Math.Max(worst, after.At - before.At - away - (long)Interval.TotalMilliseconds);
            }
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {Seed}: {ticks.Count} ticks of {count} watches in {outages.Count} lives; the latest was {worst} ms later than one interval and the restarts"));
        worst.ShouldBeLessThan((long)Interval.TotalMilliseconds, "none is later than one interval plus the time that it takes to start");
    }

    private static long Now() => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
}
