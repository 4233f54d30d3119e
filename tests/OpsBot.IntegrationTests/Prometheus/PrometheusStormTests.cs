using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpsBot.Contracts;
using OpsBot.Contracts.Diagnoses;
using OpsBot.Diagnosis;
using OpsBot.Evidence;
using OpsBot.Evidence.Prometheus;
using OpsBot.IntegrationTests.Support;
using OpsBot.Runtime;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Prometheus;

/// <summary>A storm of diagnoses and one real server: it counts by itself how often it was asked.</summary>
public sealed class PrometheusStormTests
{
    private const int Diagnoses = 40;
    private const int QueriesOfEach = 25;
    private const double PerSecond = 20;
    private const int Burst = 10;
    private const string Handler = "prometheus_http_requests_total{code=\"200\",handler=\"/api/v1/query_range\"} ";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_storm_of_diagnoses_asks_it_no_more_often_than_its_limit_and_says_what_was_left_out()
    {
        LongRun.Require();
        await using var server = await PrometheusServer.StartAsync(Cancel);
        await using var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build()).AddLogging().AddRuntime().AddEvidence().AddDiagnosis()
            .Configure<DiagnosisOptions>(o => o.SourceDeadlineSeconds = 4)
            .Configure<EvidenceOptions>(o => o.Prometheus.Add(new PrometheusOptions
            {
                Name = "main",
                Url = server.Url,
                RequestsPerSecond = PerSecond,
                Burst = Burst,
                FromAlert = false,
                Queries = [.. Enumerable.Range(1, QueriesOfEach).Select(i => new PrometheusQueryOptions { Expr = $"up * {i}" })],
            }))
            .BuildServiceProvider();
        var sources = services.GetServices<IEvidenceSource>().ToList();
        var diagnostician = services.GetRequiredService<IDiagnostician>();
        var before = await AskedAsync(server);

        var begun = TimeProvider.System.GetTimestamp();
        var reports = await Task.WhenAll(Enumerable.Range(1, Diagnoses).Select(i => DiagnoseAsync(diagnostician, sources, i)));
        var took = TimeProvider.System.GetElapsedTime(begun);

        var asked = await AskedAsync(server) - before;
        asked.ShouldBeInRange(Burst, Burst + (PerSecond * took.TotalSeconds) + 1, $"in {took}");
        var reasons = reports.SelectMany(report => report.NotAvailable).ToList();
        // One that got its turn shortly before the deadline may have no answer by then: it was asked, and says what its time was spent on.
        reasons.ShouldAllBe(problem => problem.Source == "prometheus main" && problem.Reason.Contains("its rate limit (20 requests a second after 10, 4 at once"));
        reasons.ShouldContain(problem => problem.Reason.Contains("not asked: its rate limit"));
        reports.ShouldAllBe(report => report.NotAvailable.Count(problem => problem.Reason.Contains("not asked")) == 1);
        reasons.Count(problem => problem.Partial).ShouldBeGreaterThan(1, "turns go round: more than one diagnosis got some");
        took.ShouldBeLessThan(TimeSpan.FromSeconds(30), "what can get no turn does not wait for one");
    }

    private static Task<DiagnosisReport> DiagnoseAsync(IDiagnostician diagnostician, IReadOnlyList<IEvidenceSource> sources, int number)
    {
        var now = TimeProvider.System.GetUtcNow();
        var facts = new IncidentFacts($"INC-{number}", "Slow", now, "alertmanager", "cart", "critical", "prod", new Dictionary<string, string>());
        return diagnostician.DiagnoseAsync(facts, new TimeWindow(now.AddMinutes(-30), now), null, sources, Cancel);
    }

    private static async Task<double> AskedAsync(PrometheusServer server)
    {
        using var http = new HttpClient();
        var page = await http.GetStringAsync(new Uri($"{server.Url}/metrics"), Cancel);
        return page.Split('\n').Where(line => line.StartsWith(Handler, StringComparison.Ordinal))
            .Sum(line => double.Parse(line[Handler.Length..], CultureInfo.InvariantCulture));
    }
}
