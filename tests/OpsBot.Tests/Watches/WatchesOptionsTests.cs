using Microsoft.Extensions.DependencyInjection;
using OpsBot.Host.Configuration;
using OpsBot.Host.Serving;

namespace OpsBot.Tests.Watches;

public sealed class WatchesOptionsTests
{
    private const string Query = "query: { expr: up, op: '<', value: 1 }";
    private const string Sides = "canary: 'v=\"2\"', baseline: 'v=\"1\"', traffic: 'n{{selector}}'";
    private const string Cpu = "{ name: cpu, value: 'cpu{{selector}}' }";

    [Theory]
    [InlineData("- { name: a, " + Query + " }", null)]
    [InlineData("- { name: a, " + Query + ", start: { cron: '0 0 9 ? * MON-FRI', timeZone: Europe/Berlin } }", null)]
    [InlineData("- { name: a, " + Query + ", tell: 'teams:19:abc@thread.tacv2' }", null)]
    [InlineData("- { name: a, " + Query + ", tell: '#alerts' }", "watches[0].tell: '#alerts' is no channel; write the surface (slack, teams), a colon and the channel's id")]
    [InlineData("- { name: a }", "opsbot.yaml:4: watches[0]: watches nothing; set query, training or canary")]
    [InlineData("- { name: a, " + Query + ", training: { metric: auc, curve: { log: { path: /a } } } }", "watches[0]: watches two things")]
    [InlineData("- { name: a, " + Query + " }\n  - { name: A, " + Query + " }", "opsbot.yaml:5: watches[1].name: another watch is called 'A' already")]
    [InlineData("- name: a\n    query:\n      expr: up\n      op: '=<'\n      value: 1", "opsbot.yaml:7: watches[0].query.op: '=<' compares nothing; write one of >= <=")]
    [InlineData("- { name: a, query: { expr: up, op: '<' } }", "watches[0].query.value")]
    [InlineData("- { name: a, query: { expr: up, op: '<', value: 1, source: other } }", "there is no Prometheus server 'other' under evidence.prometheus; there are prometheus main")]
    [InlineData("- { name: a, query: { expr: 'x{job=\"{job}\"}', op: '<', value: 1 } }", "{job} is a word of an event")]
    [InlineData("- { name: a, " + Query + ", every: 1h, for: 10m }", "watches[0].for: is shorter than every")]
    [InlineData("- { name: a, " + Query + ", every: 1s }", "watches[0].every: must be between 00:00:05 and 1.00:00:00; it is '1s'")]
    [InlineData("- { name: a, " + Query + ", start: { cron: 'every day' } }", "watches[0].start.cron: 'every day' is no expression")]
    [InlineData("- { name: a, " + Query + ", start: { cron: '0 0 0 1 1 ? 1999' } }", "watches[0].start.cron: '0 0 0 1 1 ? 1999' never comes")]
    [InlineData("- { name: a, " + Query + ", start: { cron: '0 0 9 * * ?', timeZone: Europe/Atlantis } }", "watches[0].start.timeZone: 'Europe/Atlantis' is no time zone")]
    [InlineData("- { name: a, " + Query + ", start: { cron: '0 0 9 * * ?', event: { jobs: [x] } } }", "watches[0].start: has both cron and event")]
    [InlineData("- { name: a, training: { metric: auc, target: 1, curve: { log: { path: '/runs/{job}.log' } } } }", null)]
    [InlineData("- { name: a, training: { metric: auc, target: 1 } }", "watches[0].training.curve")]
    [InlineData("- { name: a, training: { metric: auc, curve: { log: { path: /a }, csv: { path: /b } } } }", "training.curve: names 2 sources of metrics")]
    [InlineData("- { name: a, training: { target: 1, curve: { log: { path: '/runs/{job}.log' } } } }", "watches[0].training.target: of which metric?")]
    [InlineData("- { name: a, canary: { " + Sides + ", metrics: [" + Cpu + "] }, start: { deploy: { services: ['check*'] } } }", null)]
    [InlineData("- { name: a, canary: { " + Sides + " } }", "watches[0].canary: a canary is compared by 1 to 8 metrics")]
    [InlineData("- { name: a, canary: { " + Sides + ", metrics: [" + Cpu + ", " + Cpu + "] } }", "watches[0].canary.metrics[1].name: another metric is called 'cpu' already")]
    [InlineData("- { name: a, canary: { " + Sides + ", metrics: [{ name: cpu }] } }", "watches[0].canary.metrics[0]: is read from nothing; set errors, buckets or value")]
    [InlineData("- { name: a, canary: { " + Sides + ", metrics: [{ name: cpu, value: 'cpu' }] } }", "metrics[0]: asks for both sides the same; write {selector}")]
    [InlineData("- { name: a, canary: { " + Sides + ", metrics: [{ name: cpu, value: 'cpu{{selector},job=\"{job}\"}' }] } }", "{job} is no word of a deploy; there are service, ")]
    [InlineData("- { name: a, canary: { " + Sides + ", metrics: [" + Cpu + "], warmUp: 59m } }", "watches[0].for: leaves less than 5 intervals behind a warm-up")]
    [InlineData("- { name: a, canary: { " + Sides + ", metrics: [" + Cpu + "] }, for: 20h }", "watches[0].for: has more than the 720 intervals")]
    [InlineData("- { name: a, canary: { " + Sides + ", metrics: [" + Cpu + "], alpha: 2 } }", "watches[0].canary.alpha")]
    [InlineData("- { name: a, canary: { " + Sides + ", metrics: [{ name: hits, worse: lower, errors: 'h{{selector}}', tolerated: 1 }] } }", "'hits' tolerates a change of more than 0")]
    [InlineData("- { name: a, canary: { " + Sides + ", source: other, metrics: [" + Cpu + "] } }", "watches[0].canary.source: there is no Prometheus server 'other'")]
    [InlineData("- { name: a, canary: { " + Sides + ", metrics: [" + Cpu + "] }, start: { cron: '0 0 9 * * ?' } }", "watches[0].start: a canary begins with a deploy")]
    [InlineData("- { name: a, " + Query + ", start: { deploy: { } } }", "watches[0].start: a canary begins with a deploy")]
    [InlineData("- { name: a, qery: 1 }", "unknown key 'watches[0].qery'; did you mean 'query'?")]
    public void A_declaration_that_cannot_be_watched_is_refused_with_its_line(string yaml, string? expected)
    {
        var loaded = OpsBotConfiguration.Parse($"evidence:\n  prometheus: [{{ name: main, url: \"http://127.0.0.1:9\" }}]\nwatches:\n  {yaml}\n");
        var services = new ServiceCollection().AddLogging().AddOpsBot(loaded, new ServeSettings(Path.GetTempPath()));
        using var provider = services.BuildServiceProvider();
        var problems = ConfigurationCheck.Run(loaded, services.Sections(), provider).Select(problem => problem.ToString()).ToList();
        if (expected is null)
            problems.ShouldBeEmpty();
        else
            problems.ShouldContain(problem => problem.Contains(expected, StringComparison.Ordinal), string.Join('\n', problems));
    }

    [Fact]
    public void Without_a_server_of_metrics_a_query_cannot_be_declared()
    {
        var loaded = OpsBotConfiguration.Parse($"watches: [{{ name: a, {Query} }}]");
        var services = new ServiceCollection().AddLogging().AddOpsBot(loaded, new ServeSettings(Path.GetTempPath()));
        using var provider = services.BuildServiceProvider();
        ConfigurationCheck.Run(loaded, services.Sections(), provider).ShouldHaveSingleItem().ToString().ShouldContain("watches[0].query: there is no Prometheus server to ask");
    }
}
