using System.Globalization;
using System.Text;
using OpsBot.IntegrationTests.Support;
using Shouldly;

namespace OpsBot.IntegrationTests.Alertmanager;

/// <summary>
/// Debian's Prometheus, which scrapes a target and evaluates a rule every second, and Debian's Alertmanager, which delivers to a webhook.
/// Both on free ports of 127.0.0.1.
/// </summary>
internal sealed class AlertingServers : IAsyncDisposable
{
    private const string Prometheus = "/usr/bin/prometheus";
    private const string Alertmanager = "/usr/bin/prometheus-alertmanager";
    private const string Promtool = "/usr/bin/promtool";

    private readonly ServerProcess _prometheus;
    private readonly ServerProcess _alertmanager;

    private AlertingServers(ServerProcess prometheus, ServerProcess alertmanager)
    {
        _prometheus = prometheus;
        _alertmanager = alertmanager;
    }

    public string Printed => $"{_prometheus.Printed}\n{_alertmanager.Printed}";

    public static void Require() => ServerProcess.Require(Prometheus, Alertmanager, Promtool);

    public static async Task<AlertingServers> StartAsync(
        DataFolder folder, int prometheusPort, string target, Uri webhook, string bearer, CancellationToken cancellationToken)
    {
        await BackfillAsync(folder, target, cancellationToken);
        var port = ServerProcess.FreePort();
        var alertmanager = ServerProcess.Start(
            Alertmanager, $"--config.file={AlertmanagerFile(folder, webhook, bearer)}", $"--storage.path={folder.Path}/alertmanager",
            $"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address=");
        var prometheus = ServerProcess.Start(
            Prometheus, $"--config.file={PrometheusFile(folder, target, port)}", $"--storage.tsdb.path={folder.Path}/prometheus",
            $"--web.listen-address=127.0.0.1:{prometheusPort}", "--log.level=warn");
        var servers = new AlertingServers(prometheus, alertmanager);
        try
        {
            await alertmanager.ReadyAsync(new Uri($"http://127.0.0.1:{port}/-/ready"), cancellationToken);
            await prometheus.ReadyAsync(new Uri($"http://127.0.0.1:{prometheusPort}/-/ready"), cancellationToken);
            return servers;
        }
        catch
        {
            await servers.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _prometheus.DisposeAsync();
        await _alertmanager.DisposeAsync();
    }

    /// <summary>Ten quiet minutes from before the test, so that a rise has something to be compared with.</summary>
    private static async Task BackfillAsync(DataFolder folder, string target, CancellationToken cancellationToken)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var history = new StringBuilder();
        foreach (var (metric, level) in new[] { ("shop_error_ratio", 0.01), ("shop_pool_used", 6.0) })
        {
            history.Append(CultureInfo.InvariantCulture, $"# TYPE {metric} gauge\n");
            for (var second = now - 600; second < now - 5; second += 5)
            {
                history.Append(CultureInfo.InvariantCulture, $"{metric}{{service=\"checkout\",job=\"shop\",instance=\"{target}\"}} {level * (1 + (second % 3 * 0.02))} {second}\n");
            }
        }

        history.Append("# EOF\n");
        await using var promtool = ServerProcess.Start(
            Promtool, "tsdb", "create-blocks-from", "openmetrics", folder.Write("history.om", history.ToString()), $"{folder.Path}/prometheus");
        (await promtool.EndAsync(cancellationToken)).ShouldBe(0, promtool.Printed);
    }

    private static string PrometheusFile(DataFolder folder, string target, int alertmanagerPort)
    {
        folder.Write("rules.yml", """
            groups:
              - name: shop
                rules:
                  - alert: CheckoutErrors
                    expr: shop_error_ratio{service="checkout"} > 0.5
                    for: 3s
                    labels: { severity: critical, environment: production }
                    annotations: { summary: More than half of the orders fail }
            """);
        return folder.Write("prometheus.yml", $$"""
            global: { scrape_interval: 1s, evaluation_interval: 1s }
            rule_files: [ rules.yml ]
            scrape_configs:
              - { job_name: shop, static_configs: [ { targets: [ "{{target}}" ] } ] }
            alerting:
              alertmanagers: [ { static_configs: [ { targets: [ "127.0.0.1:{{alertmanagerPort}}" ] } ] } ]
            """);
    }

    private static string AlertmanagerFile(DataFolder folder, Uri webhook, string bearer) => folder.Write("alertmanager.yml", $$"""
        route: { receiver: opsbot, group_by: [ alertname ], group_wait: 1s, group_interval: 1s, repeat_interval: 1h }
        receivers:
          - name: opsbot
            webhook_configs:
              - url: {{webhook}}
                send_resolved: true
                http_config: { authorization: { type: Bearer, credentials: {{bearer}} } }
        """);
}
