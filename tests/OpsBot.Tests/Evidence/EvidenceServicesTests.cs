using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpsBot.Evidence;
using OpsBot.Runtime;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Evidence;

public sealed class EvidenceServicesTests
{
    [Fact]
    public void Every_entry_of_the_options_becomes_a_source()
    {
        using var services = Services("""
            {"evidence":{"logs":[{"name":"shop","path":"/var/log/shop","utcOffset":"01:00:00"}],
             "prometheus":[{"url":"http://p:9090","queries":[{"name":"n","expr":"up"}]}],"commands":[{"name":"pods","run":["kubectl","get","pods"]}]}}
            """);
        services.GetRequiredService<ConfiguredSources>().All.Select(s => s.Name).ShouldBe(["logs shop", "prometheus http://p:9090", "command pods"]);
        services.GetServices<IEvidenceSource>().ShouldNotBeEmpty();
    }

    [Fact]
    public void Options_that_cannot_be_used_are_named_with_where_they_stand()
    {
        using var services = Services("""{"evidence":{"logs":[{"name":"x"}],"prometheus":[{"url":"nonsense"}],"commands":[{"name":"c"}]}}""");
        var failures = Should.Throw<OptionsValidationException>(() => services.GetRequiredService<ConfiguredSources>()).Failures.ToList();
        failures.ShouldContain(f => f.StartsWith("evidence.logs[0]:"));
        failures.ShouldContain(f => f.StartsWith("evidence.prometheus[0]:"));
        failures.ShouldContain(f => f.StartsWith("evidence.commands[0]:"));
    }

    [Theory]
    [InlineData("""{"prometheus":[{"url":"http://p:9090","requestsPerSecond":0}]}""", "evidence.prometheus[0]:")]
    [InlineData("""{"prometheus":[{"url":"http://p:9090","burst":0}]}""", "evidence.prometheus[0]:")]
    [InlineData("""{"prometheus":[{"url":"http://p:9090","maxConcurrent":65}]}""", "evidence.prometheus[0]:")]
    [InlineData("""{"commands":[{"name":"c","run":["true"],"runsPerMinute":0}]}""", "evidence.commands[0]:")]
    [InlineData("""{"commands":[{"name":"c","run":["true"],"maxConcurrent":0}]}""", "evidence.commands[0]:")]
    [InlineData("""{"logs":[{"path":"/var/log","readsPerMinute":6001}]}""", "evidence.logs[0]:")]
    [InlineData("""{"logs":[{"path":"/var/log","maxConcurrent":0}]}""", "evidence.logs[0]:")]
    public void A_limit_has_bounds(string evidence, string where)
    {
        using var services = Services($"{{\"evidence\":{evidence}}}");
        Should.Throw<OptionsValidationException>(() => services.GetRequiredService<ConfiguredSources>()).Failures.ShouldHaveSingleItem().ShouldStartWith(where);
    }

    [Fact]
    public async Task One_source_that_throws_takes_nothing_from_the_others()
    {
        var sources = new ConfiguredSources([new Faulty(), new Fine()], TimeProvider.System);
        var seen = await sources.CollectAsync(Some.Request(), TestContext.Current.CancellationToken);
        seen.Problems.ShouldHaveSingleItem().Reason.ShouldBe("oh");
        seen.LookedAt.ShouldContain("fine");
    }

    private static ServiceProvider Services(string json)
    {
        var configuration = new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build();
        var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddRuntime().AddEvidence();
        services.Configure<EvidenceOptions>(configuration.GetSection("evidence"));
        return services.BuildServiceProvider();
    }

    private sealed class Faulty : IEvidenceSource
    {
        public string Name => "faulty";

        public Task<Observations> CollectAsync(EvidenceRequest request, CancellationToken cancellationToken) => throw new InvalidOperationException("oh");
    }

    private sealed class Fine : IEvidenceSource
    {
        public string Name => "fine";

        public Task<Observations> CollectAsync(EvidenceRequest request, CancellationToken cancellationToken) =>
            Task.FromResult(Observations.None with { LookedAt = ["fine"] });
    }
}
