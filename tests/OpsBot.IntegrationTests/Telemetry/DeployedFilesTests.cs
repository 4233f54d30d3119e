using System.Text.Json;
using System.Text.RegularExpressions;
using OpsBot.IntegrationTests.Support;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Telemetry;

/// <summary>Rules, dashboard and documentation against Prometheus' own checks and against what a running OpsBot really exports.</summary>
public sealed partial class DeployedFilesTests : IDisposable
{
    private const string Promtool = "/usr/bin/promtool";

    private static readonly string Rules = Path.Combine(OpsBotProgram.Repository(), "deploy", "prometheus", "opsbot-rules.yaml");
    private static readonly string Dashboard = Path.Combine(OpsBotProgram.Repository(), "deploy", "grafana", "opsbot.json");
    private static readonly string Docs = Path.Combine(OpsBotProgram.Repository(), "docs", "observability.md");

    private readonly DataFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("check", "rules", "opsbot-rules.yaml")]
    [InlineData("test", "rules", "opsbot-rules.test.yaml")]
    [InlineData("check", "config", "prometheus.yaml")]
    public async Task Promtool_accepts_the_rules_their_test_and_the_sample_of_a_scrape(string verb, string what, string file)
    {
        ServerProcess.Require(Promtool);
        await using var promtool = ServerProcess.Start(Promtool, verb, what, Path.Combine(Path.GetDirectoryName(Rules)!, file));

        (await promtool.EndAsync(Cancel)).ShouldBe(0, promtool.Printed);
    }

    [Fact]
    public async Task Every_query_of_the_dashboard_is_one_that_Prometheus_can_parse()
    {
        ServerProcess.Require(Promtool);
        var queries = Queries().Select((query, i) => $"  - record: dashboard:{i}\n    expr: {JsonSerializer.Serialize(query.Replace("$__rate_interval", "5m", StringComparison.Ordinal))}\n").ToList();
        queries.Count.ShouldBeGreaterThan(30);
        var file = _folder.Write("dashboard.yaml", $"groups:\n- name: dashboard\n  rules:\n{string.Concat(queries)}");

        await using var promtool = ServerProcess.Start(Promtool, "check", "rules", file);

        (await promtool.EndAsync(Cancel)).ShouldBe(0, promtool.Printed);
    }

    [Fact]
    public async Task Every_metric_of_the_dashboard_and_the_rules_is_exported_and_every_exported_one_is_documented()
    {
        await using var opsbot = await OpsBotProcess.ServeAsync(_folder, _folder.Write("opsbot.yaml", AlertSender.Senders), Cancel);
        using var http = new HttpClient();
        var page = await http.GetStringAsync(new Uri(await opsbot.Console, "/metrics"), Cancel);
        var types = TypeLine().Matches(page).ToDictionary(line => line.Groups["name"].Value, line => line.Groups["type"].Value);
        var exported = types.SelectMany(type => type.Value == "histogram" ? (string[])[$"{type.Key}_bucket", $"{type.Key}_sum", $"{type.Key}_count"] : [type.Key]).ToHashSet();

        Metric().Matches(string.Join('\n', Queries())).Select(name => name.Value).Distinct().Except(exported).ShouldBeEmpty(Dashboard);
        var rules = string.Join('\n', (await File.ReadAllLinesAsync(Rules, Cancel)).Where(line => !line.Contains("runbook:", StringComparison.Ordinal)));
        Metric().Matches(rules).Select(name => name.Value).Distinct().Except(exported).ShouldBeEmpty(Rules);
        var documented = DocumentedMetric().Matches(await File.ReadAllTextAsync(Docs, Cancel)).Select(row => row.Groups["name"].Value);
        documented.Order().ShouldBe(types.Keys.Order(), Docs);
    }

    [Fact]
    public async Task Every_rule_says_in_the_documentation_what_to_do()
    {
        var rules = await File.ReadAllTextAsync(Rules, Cancel);
        var alerts = Alert().Matches(rules).Select(rule => rule.Groups["name"].Value).ToList();
        alerts.Count.ShouldBeGreaterThan(10);
        var headings = Heading().Matches(await File.ReadAllTextAsync(Docs, Cancel)).Select(heading => heading.Groups["name"].Value);

        headings.ShouldBe(alerts);
        Runbook().Matches(rules).Select(rule => rule.Groups["anchor"].Value).ShouldBe(alerts.Select(alert => alert.ToLowerInvariant()));
    }

    private static List<string> Queries()
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllText(Dashboard));
        var queries = new List<string>();
        Collect(dashboard.RootElement);
        return queries;

        void Collect(JsonElement element)
        {
            if (element.ValueKind == JsonValueKind.Array)
            {
                foreach (var item in element.EnumerateArray())
                {
                    Collect(item);
                }
            }
            else if (element.ValueKind == JsonValueKind.Object)
            {
                foreach (var property in element.EnumerateObject())
                {
                    if (property.Name == "expr")
                    {
                        queries.Add(property.Value.GetString()!);
                    }

                    Collect(property.Value);
                }
            }
        }
    }

    [GeneratedRegex("^# TYPE (?<name>[a-z_]+) (?<type>[a-z]+)$", RegexOptions.Multiline)]
    private static partial Regex TypeLine();

    [GeneratedRegex(@"\b(opsbot|process|dotnet)_[a-z_]+")]
    private static partial Regex Metric();

    [GeneratedRegex(@"^\| `(?<name>[a-z_]+)` \|", RegexOptions.Multiline)]
    private static partial Regex DocumentedMetric();

    [GeneratedRegex(@"^### (?<name>OpsBot\w+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"- alert: (?<name>\w+)")]
    private static partial Regex Alert();

    [GeneratedRegex(@"runbook: docs/observability\.md#(?<anchor>\w+)")]
    private static partial Regex Runbook();
}
