using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Data.Sqlite;
using OpsBot.Benchmarks.Load;
using OpsBot.RealServers;

namespace OpsBot.Benchmarks.Watches;

/// <summary>
/// What many watches cost one host: each asks a real Prometheus one query a minute. Processor seconds of the process count, whatever else the machine does.
/// <c>-- watches PUBLISHED [10000] [minutes 3]</c>; PUBLISHED is the program.
/// </summary>
internal static class WatchBenchmark
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    public static async Task RunAsync(string program, int count, int minutes)
    {
        var folder = Directory.CreateTempSubdirectory("opsbot-watches-").FullName;
        var port = FreePort();
        using var prometheus = await StartPrometheusAsync(folder, port);
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "opsbot.yaml"), string.Create(CultureInfo.InvariantCulture, $$"""
                evidence:
                  prometheus:
                    - { name: main, url: "http://127.0.0.1:{{port}}", requestsPerSecond: 1000, burst: 1000, maxConcurrent: 32 }
                """));
            var first = TimeProvider.System.GetUtcNow().AddSeconds(20 + (count / 500));
            await ManyWatches.BeginAsync(
                Path.Combine(folder, "data"), count, Interval, TimeSpan.FromHours(8), number => $"max(prometheus_build_info) * 0 + {number}", first, CancellationToken.None);
            await using var served = ServedProcess.Start(
                program, folder, "serve", "--config", Path.Combine(folder, "opsbot.yaml"), "--urls", "http://127.0.0.1:0", "--console-urls", "http://127.0.0.1:0");
            await served.Webhooks;
            // The first round is the start of the process, code that is not compiled yet and first looks; it is told apart.
            await Task.Delay(Until(first) + Interval, TimeProvider.System);
            var (ticks, processor, clock, busy) = (Ticks(folder), served.Processor, Stopwatch.StartNew(), Processor(prometheus));
            for (var minute = 1; minute <= minutes; minute++)
            {
                await Task.Delay(Interval, TimeProvider.System);
                var (done, used) = (Ticks(folder) - ticks, served.Processor - processor);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{count} watches, minute {minute}: {done.Ticks} ticks ({done.Ticks / clock.Elapsed.TotalSeconds:0} a second), {used.TotalSeconds:0.0} s of processor = {used / clock.Elapsed:0.0 %} of a core, "
                    + $"{used.TotalMilliseconds / Math.Max(1, done.Ticks):0.000} ms a tick; {served.ResidentMb:0} MB now, {served.PeakMb:0} MB at most; missed {done.Missed}, blind {done.Blind}; "
                    + $"Prometheus itself used {(Processor(prometheus) - busy).TotalSeconds:0.0} s"));
            }

            foreach (var complaint in served.Complaints.Take(5))
            {
                Console.WriteLine(complaint);
            }
        }
        finally
        {
            prometheus.Kill();
            await prometheus.WaitForExitAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static TimeSpan Until(DateTimeOffset time) => time - TimeProvider.System.GetUtcNow() is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    private static TimeSpan Processor(Process process)
    {
        process.Refresh();
        return process.TotalProcessorTime;
    }

    private static Progress Ticks(string folder)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "data", "opsbot.db")};Pooling=False;Default Timeout=30");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "select sum(tick), sum(missed), sum(blind) from watches";
        using var reader = command.ExecuteReader();
        reader.Read();
        return new Progress(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
    }

    private static async Task<Process> StartPrometheusAsync(string folder, int port)
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "prometheus.yml"), string.Create(CultureInfo.InvariantCulture, $$"""
            global: { scrape_interval: 5s }
            scrape_configs: [{ job_name: self, static_configs: [{ targets: ["127.0.0.1:{{port}}"] }] }]
            """));
        var process = Process.Start(new ProcessStartInfo(
            "/usr/bin/prometheus",
            [$"--config.file={folder}/prometheus.yml", $"--storage.tsdb.path={folder}/prometheus", $"--web.listen-address=127.0.0.1:{port}", "--log.level=error"])
        {
            UseShellExecute = false,
        })!;
        using var http = new HttpClient();
        for (var tries = 0; tries < 300; tries++)
        {
            try
            {
                if ((await http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/api/v1/query?query=prometheus_build_info"))).Contains("\"value\"", StringComparison.Ordinal))
                {
                    return process;
                }
            }
            catch (HttpRequestException)
            {
                // not listening yet
            }

            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System);
        }

        throw new InvalidOperationException("Prometheus did not come up.");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private sealed record Progress(long Ticks, long Missed, long Blind)
    {
        public static Progress operator -(Progress one, Progress other) => new(one.Ticks - other.Ticks, one.Missed - other.Missed, one.Blind);
    }
}
