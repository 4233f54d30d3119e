using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Xunit;

namespace OpsBot.IntegrationTests.Prometheus;

/// <summary>Debian's Prometheus on a free port of 127.0.0.1, scraping itself and one dead target every second. Ended by its process id.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    private const string Program = "/usr/bin/prometheus";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private readonly Process _process;
    private readonly string _folder;

    private PrometheusServer(Process process, string folder, int port)
    {
        _process = process;
        _folder = folder;
        Url = $"http://127.0.0.1:{port}";
    }

    public string Url { get; }

    /// <summary>Starts one and waits until it has scraped; skips the test where Prometheus is not installed.</summary>
    /// <param name="target">Another one to scrape, <c>host:port</c>.</param>
    /// <param name="onPort">Where it must listen; any free port otherwise.</param>
    public static async Task<PrometheusServer> StartAsync(CancellationToken cancellationToken, string? target = null, int? onPort = null)
    {
        if (!File.Exists(Program))
        {
            var reason = $"{Program} is missing; apt-get install prometheus";
            if (Environment.GetEnvironmentVariable("OPSBOT_REQUIRE_SERVERS") is "1") Assert.Fail(reason);
            Assert.Skip(reason);
        }

        var folder = Directory.CreateTempSubdirectory("opsbot-prometheus").FullName;
        var port = onPort ?? FreePort();
        await File.WriteAllTextAsync(Path.Combine(folder, "prometheus.yml"), string.Create(CultureInfo.InvariantCulture, $$"""
            global: { scrape_interval: 1s }
            scrape_configs:
              - { job_name: shop, static_configs: [{ targets: ["127.0.0.1:{{port}}"], labels: { service: "cart \"quoted\"" } }] }
              - { job_name: dead, static_configs: [{ targets: ["127.0.0.1:1"] }] }
            {{(target is null ? "" : $"  - {{ job_name: target, static_configs: [{{ targets: [\"{target}\"] }}] }}")}}
            """), cancellationToken);
        var info = new ProcessStartInfo(Program) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in (string[])[$"--config.file={folder}/prometheus.yml", $"--storage.tsdb.path={folder}/data", $"--web.listen-address=127.0.0.1:{port}", "--log.level=error"])
        {
            info.ArgumentList.Add(argument);
        }

        var process = Process.Start(info)!;
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        var server = new PrometheusServer(process, folder, port);
        try
        {
            await server.WaitUntilScrapedAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task WaitUntilScrapedAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(StartLimit, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var http = new HttpClient();
        while (true)
        {
            try
            {
                var answer = await http.GetStringAsync(new Uri($"{Url}/api/v1/query?query=prometheus_tsdb_head_series%20%3E%2010%20and%20on()%20(count(up)%20%3E%3D%202)"), either.Token);
                if (answer.Contains("\"job\"", StringComparison.Ordinal)) return;
            }
            catch (HttpRequestException) when (!_process.HasExited)
            {
                // not listening yet
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, either.Token);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
