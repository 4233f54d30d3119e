using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpsBot.Contracts;
using OpsBot.Evidence;
using OpsBot.Evidence.Prometheus;
using OpsBot.Runtime;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Prometheus;

public sealed class PrometheusSourceTests
{
    [Fact]
    public async Task A_real_server_answers_what_the_alert_watches_and_says_what_it_refuses()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var server = await PrometheusServer.StartAsync(cancel);
        await using var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build()).AddRuntime().AddEvidence()
            .Configure<EvidenceOptions>(o => o.Prometheus.Add(new PrometheusOptions
            {
                Name = "main",
                Url = server.Url,
                Queries =
                [
                    new() { Name = "quoted", Expr = "up{service=\"{service}\"}" },
                    new() { Name = "none", Expr = "no_such_metric" },
                    new() { Name = "broken", Expr = "sum(" },
                    new() { Name = "samples", Expr = "scrape_samples_scraped{service=~\"{service}\"} / 0" },
                ],
            }))
            .BuildServiceProvider();
        var now = TimeProvider.System.GetUtcNow();
        var facts = new IncidentFacts(
            "INC-1", "Target down", now, "alertmanager", "cart \"quoted\"", "critical", "prod", new Dictionary<string, string> { ["job"] = "dead" },
            Expression: "up{job=\"dead\"} == 0 or prometheus_tsdb_head_series > 1e9");

        var seen = await services.GetRequiredService<ConfiguredSources>()
            .CollectAsync(new EvidenceRequest(facts, new TimeWindow(now.AddMinutes(-30), now.AddSeconds(5)), null, EvidenceBounds.Default), cancel);

        seen.Metrics.ShouldContain(m => m.Query == "up{service=\"cart \\\"quoted\\\"\"}" && m.Service == "cart \"quoted\"" && m.Values.Any(v => v == 1));
        seen.Metrics.ShouldContain(m => m.Query == "up{job=\"dead\"}" && m.Metric == "up" && m.Values.Length > 0 && m.Values.All(v => v == 0));
        seen.Metrics.ShouldContain(m => m.Metric == "prometheus_tsdb_head_series" && m.Values.Any(v => v > 10));
        seen.Metrics.ShouldContain(m => m.Metric == "samples" && m.Values.Length > 0 && m.Values.All(double.IsNaN));
        seen.Metrics.ShouldAllBe(m => m.Times.Zip(m.Times.Skip(1)).All(p => p.First < p.Second) && m.Times.Length == m.Values.Length);
        var problem = seen.Problems.ShouldHaveSingleItem();
        problem.Reason.ShouldContain("sum(");
        problem.Reason.ShouldContain("parse error");
        problem.Partial.ShouldBeTrue();
    }
}
