using OpsBot.Evidence;
using OpsBot.Evidence.Prometheus;
using OpsBot.Runtime.Redaction;
using OpsBot.Signals.Series;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Evidence.Prometheus;

public sealed class PrometheusSourceTests : EvidenceSourceContract
{
    private const string Nothing = """{"status":"success","data":{"resultType":"matrix","result":[]}}""";

    private protected override EvidenceBounds Tight => EvidenceBounds.Default with { MaxSeries = 1 };

    private protected override IEvidenceSource? Source(State state) => Make(new Some.FakeServer((_, _) => state switch
    {
        State.Broken => (400, """{"status":"error","errorType":"bad_data","error":"parse error: unexpected }"}"""),
        State.Full => (200, Matrix("""{"__name__":"up","job":"cart","instance":"a:1"}""", """{"__name__":"up","job":"cart","instance":"b:1"}""")),
        State.Hostile => (200, Matrix($$"""{"__name__":"up","note":"{{Hostile}}"}""")),
        _ => (200, Nothing),
    })
    { Hangs = state == State.Slow });

    private protected override int Seen(Observations observations) => observations.Metrics.Count;

    private protected override IEnumerable<string> Queries(Observations observations) => observations.Metrics.Select(m => m.Query);

    [Fact]
    public async Task Samples_become_series_and_what_is_no_number_is_a_gap()
    {
        var server = new Some.FakeServer((_, _) => (200,
            """{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"__name__":"lat","pod":"cart-7f9c6d5b4-x7z2p","code":"500"},"values":[[1772359200.5,"1.5"],[1772359260,"NaN"],[1772359320,"+Inf"]]}]}}"""));
        var metric = (await Collect(Make(server), EvidenceBounds.Default)).Metrics.ShouldHaveSingleItem();
        (metric.Service, metric.Instance, metric.Owner, metric.Metric).ShouldBe(("cart", "cart-7f9c6d5b4-x7z2p", MetricOwner.Pod, "lat{code=\"500\"}"));
        metric.Times.ShouldBe([1772359200500, 1772359260000, 1772359320000]);
        metric.Values.ShouldBe([1.5, double.NaN, double.NaN]);
        metric.Query.ShouldBe("up{job=\"cart\"}");
    }

    [Fact]
    public async Task It_asks_what_the_alert_watches_and_the_queries_given_each_once()
    {
        var server = new Some.FakeServer((_, _) => (200, Nothing));
        var options = new PrometheusOptions { Queries = [new() { Name = "n", Expr = "a{s=\"{service}\"}" }, new() { Expr = "b{s=\"{label.zone}\"}" }, new() { Expr = "rate(x[5m])" }] };
        var seen = await Make(server, options).CollectAsync(
            Some.Request(Some.Facts("cart", "rate(x[5m]) > 3", ("job", "shop"), ("instance", "i"))), TestContext.Current.CancellationToken);
        server.Bodies.Select(b => b.Split('&')[0]).ShouldBe(["query=a{s=\"cart\"}", "query=rate(x[5m])", "query=up{job=\"shop\"}"], ignoreOrder: true);
        server.Bodies.ShouldAllBe(b => b.Contains("start=1772359200") && b.Contains("end=1772362800") && b.Contains("step=10"));
        seen.LookedAt.ShouldContain(l => l.Contains("label.zone"));
        seen.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task Warnings_and_refusals_are_problems_in_the_words_of_the_server()
    {
        var server = new Some.FakeServer((_, body) => body.Contains("query=bad") ? (422, """{"status":"error","errorType":"execution","error":"too many samples"}""") :
            (200, Nothing.Replace("\"data\"", "\"warnings\":[\"store x is down\"],\"data\"")));
        var seen = await Collect(Make(server, new() { Queries = [new() { Expr = "bad" }] }), EvidenceBounds.Default);
        seen.Problems.ShouldAllBe(p => p.Partial);
        seen.Problems.ShouldContain(p => p.Reason.Contains("too many samples") && p.Reason.Contains("422"));
        seen.Problems.ShouldContain(p => p.Reason.Contains("store x is down"));
    }

    [Theory]
    [InlineData(200, "<html>")]
    [InlineData(200, "{}")]
    [InlineData(502, "Bad gateway")]
    [InlineData(200, """{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[["x"]]}]}}""")]
    public async Task An_answer_that_is_none_is_a_problem(int status, string body) =>
        (await Collect(Make(new Some.FakeServer((_, _) => (status, body))), EvidenceBounds.Default)).Problems.ShouldHaveSingleItem();

    [Fact]
    public async Task The_bearer_token_is_sent_and_from_then_on_known_to_the_redactor()
    {
        var known = new KnownSecrets();
        var server = new Some.FakeServer((_, _) => (400, """{"status":"error","errorType":"x","error":"you sent plainsecretword"}"""));
        var seen = await Collect(Make(server, new() { Bearer = "plainsecretword" }, known), EvidenceBounds.Default);
        server.Authorizations.ShouldBe(["Bearer plainsecretword"]);
        seen.Problems[0].Reason.ShouldNotContain("plainsecretword");
    }

    [Theory]
    [InlineData(3600, 360, 10)]
    [InlineData(10, 360, 1)]
    [InlineData(0, 360, 1)]
    [InlineData(31_536_000, 11_000, 2894)]
    public void The_step_never_gives_more_points_than_a_server_answers(int seconds, int points, int step)
    {
        PrometheusSource.StepOf(TimeSpan.FromSeconds(seconds), points).ShouldBe(TimeSpan.FromSeconds(step));
        (seconds / step + 1).ShouldBeLessThanOrEqualTo(11_000);
    }

    private static string Matrix(params string[] metrics) =>
        Nothing.Replace("[]", "[" + string.Join(',', metrics.Select(m => "{\"metric\":" + m + ",\"values\":[[1772359200,\"1\"]]}")) + "]");

    private static PrometheusSource Make(Some.FakeServer server, PrometheusOptions? options = null, KnownSecrets? known = null)
    {
        options ??= new PrometheusOptions();
        options.Url = "http://prometheus.example:9090/";
        known ??= new KnownSecrets();
        return new(options, server, Some.Secrets(known), known, Some.Redactor(known), TimeProvider.System);
    }
}
