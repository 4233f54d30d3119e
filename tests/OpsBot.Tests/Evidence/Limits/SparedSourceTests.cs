using OpsBot.Contracts.Diagnoses;
using OpsBot.Evidence;
using OpsBot.Evidence.Commands;
using OpsBot.Evidence.Files;
using OpsBot.Evidence.Prometheus;
using OpsBot.Runtime.Processes;
using OpsBot.Runtime.Redaction;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Evidence.Limits;

/// <summary>What a source says of itself when its limit kept it from being asked.</summary>
public sealed class SparedSourceTests
{
    private const string One = """{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"__name__":"up"},"values":[[1772359200,"1"]]}]}}""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Queries_beyond_the_limit_are_not_sent_and_those_before_it_are_evidence()
    {
        var server = new Some.FakeServer((_, _) => (200, One));
        var source = Prometheus(server);

        var first = await source.CollectAsync(Request(), Cancel);
        var second = await source.CollectAsync(Request(), Cancel);

        server.Bodies.Count.ShouldBe(2);
        first.Metrics.Count.ShouldBe(2);
        var part = first.Problems.ShouldHaveSingleItem();
        part.Partial.ShouldBeTrue();
        part.Reason.ShouldBe("3 of 5 queries were not asked: its rate limit (0.1 requests a second after 2, 4 at once, shared by all diagnoses) left no turn within 5 s; it was spared, and nothing is known of how it is");
        var whole = second.Problems.ShouldHaveSingleItem();
        whole.Partial.ShouldBeFalse();
        whole.Reason.ShouldStartWith("not asked: its rate limit");
        second.LookedAt.ShouldBe(["prometheus main: not asked"]);
    }

    [Fact]
    public async Task Who_was_asked_too_late_to_answer_is_not_blamed_for_it()
    {
        var silent = new Some.FakeServer((_, _) => (200, One)) { Hangs = true };
        var clock = new ManualClock();
        var source = Prometheus(silent, clock, queries: 3);

        // two turns at once; the third, ten seconds later, leaves two of the twelve
        var seen = source.CollectAsync(Request(12), Cancel);
        for (var second = 0; !seen.IsCompleted; second++)
        {
            while (silent.Asked < (second < 10 ? 2 : 3))
                await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, Cancel);
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        (await seen).Problems.Select(problem => problem.Reason).ShouldBe([
            "q1: no answer within 12 s", "q2: no answer within 12 s",
            "q3: no answer within the 2 s that its rate limit (0.1 requests a second after 2, 4 at once, shared by all diagnoses) left of 12 s"]);
    }

    [Fact]
    public async Task Health_is_read_although_the_limit_is_used_up()
    {
        var server = new Some.FakeServer((_, body) => (200, body.Contains("time=", StringComparison.Ordinal) ? """{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1772359200,"7"]}]}}""" : One));
        var source = Prometheus(server);
        await source.CollectAsync(Request(), Cancel);

        (await source.ReadNumberAsync("errors", Cancel)).Value.ShouldBe(7);
    }

    [Fact]
    public async Task A_command_beyond_the_limit_is_not_run()
    {
        var source = new CommandSource(
            new CommandOptions { Name = "pods", Run = ["printf", "x"], RunsPerMinute = 1, MaxConcurrent = 1 }, new ProcessRunner(TimeProvider.System), Some.Redactor(), TimeProvider.System);

        (await source.CollectAsync(Request(), Cancel)).Commands.Count.ShouldBe(1);
        var spared = await source.CollectAsync(Request(), Cancel);

        spared.Commands.ShouldBeEmpty();
        spared.LookedAt.ShouldBe(["command pods: not run"]);
        spared.Problems.ShouldHaveSingleItem().Reason.ShouldStartWith("not asked: its rate limit (1 runs a minute, 1 at once");
    }

    [Fact]
    public async Task A_folder_beyond_the_limit_is_not_read()
    {
        var folder = Directory.CreateTempSubdirectory("opsbot-spared");
        try
        {
            var source = new LogFolderSource(new LogFolderOptions { Name = "shop", Path = folder.FullName, ReadsPerMinute = 1, MaxConcurrent = 1 }, Some.Redactor(), TimeProvider.System);
            (await source.CollectAsync(Request(), Cancel)).Problems.ShouldBeEmpty();
            (await source.CollectAsync(Request(), Cancel)).Problems.ShouldHaveSingleItem().Reason.ShouldStartWith("not asked: its rate limit (1 reads a minute");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_source_that_the_others_left_no_time_for_says_so_and_theirs_is_kept()
    {
        var sources = new ConfiguredSources([.. Enumerable.Range(1, 4).Select(i => new UntilDeadline($"slow {i}")), new UntilDeadline("last")], TimeProvider.System);
        var seen = await sources.CollectAsync(Some.Request(bounds: EvidenceBounds.Default with { Deadline = TimeSpan.FromMilliseconds(200) }), Cancel);

        seen.Problems.Count.ShouldBe(5);
        seen.Problems.Where(problem => problem.Partial).Select(problem => problem.Source).ShouldBe(["slow 1", "slow 2", "slow 3", "slow 4"], ignoreOrder: true);
        seen.Problems.Single(problem => !problem.Partial).Reason.ShouldBe("not asked: the sources before it took all of the 0.2 s");
    }

    private static EvidenceRequest Request(int seconds = 5) => Some.Request(bounds: EvidenceBounds.Default with { Deadline = TimeSpan.FromSeconds(seconds) });

    private static PrometheusSource Prometheus(IHttpClientFactory server, TimeProvider? clock = null, int queries = 5)
    {
        var known = new KnownSecrets();
        var options = new PrometheusOptions
        {
            Name = "main",
            Url = "http://prometheus.example:9090/",
            FromAlert = false,
            RequestsPerSecond = 0.1,
            Burst = 2,
            Timeout = TimeSpan.FromMinutes(1),
            Queries = [.. Enumerable.Range(1, queries).Select(i => new PrometheusQueryOptions { Expr = $"q{i}" })],
        };
        return new(options, server, Some.Secrets(known), known, Some.Redactor(known), clock ?? TimeProvider.System);
    }

    /// <summary>Works until its time is up, and then says what it has.</summary>
    private sealed class UntilDeadline(string name) : IEvidenceSource
    {
        public string Name => name;

        public async Task<Observations> CollectAsync(EvidenceRequest request, CancellationToken cancellationToken)
        {
            await Task.Delay(request.Bounds.Deadline + TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellationToken);
            return Observations.None with { Problems = [new SourceProblem(Name, "stopped", Partial: true)] };
        }
    }
}
