using System.Globalization;
using OpsBot.Contracts.Ports;
using OpsBot.Evidence;
using OpsBot.Evidence.Prometheus;
using OpsBot.Evidence.Training.Prometheus;
using OpsBot.Runtime.Redaction;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Evidence.Training;

public sealed class PrometheusCurveTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeSeconds(1_700_000_010);

    private readonly ManualClock _clock = new(Start + TimeSpan.FromSeconds(15));
    private readonly Dictionary<string, Func<long, double?>> _series = [];

    [Fact]
    public async Task Each_interval_is_a_point_and_is_given_once()
    {
        _series["""loss{job="j1"}"""] = at => at - Start.ToUnixTimeSeconds() is >= -60 and var since ? 100 - since : null;
        var looks = Looks(new() { Metrics = { ["loss"] = """loss{job="{job}"}""" }, Interval = TimeSpan.FromSeconds(30) });

        (await looks.Next("loss")).ShouldBe("0:160 1:130 2:100");
        (await looks.Next("loss")).ShouldBe("");
        looks.Last.State.ShouldBe(CurveReadingState.NoData);
        _clock.Advance(TimeSpan.FromSeconds(60));
        (await looks.Next("loss")).ShouldBe("3:70 4:40");
        looks.Last.Points[0].At.ShouldBe(Start + TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Points_stand_at_the_step_that_the_run_states_once_a_step()
    {
        _series["loss"] = at => at >= Start.ToUnixTimeSeconds() - 90 ? 1 : null;
        _series["step"] = at => (at - Start.ToUnixTimeSeconds() + 120) / 60 * 100;
        var looks = Looks(new() { Metrics = { ["loss"] = "loss" }, Step = "step", Interval = TimeSpan.FromSeconds(30) });

        (await looks.Next("loss")).ShouldBe("0:1 100:1 200:1");
        _clock.Advance(TimeSpan.FromSeconds(30));
        (await looks.Next("loss")).ShouldBe("");
        _clock.Advance(TimeSpan.FromSeconds(30));
        (await looks.Next("loss")).ShouldBe("300:1");
    }

    [Fact]
    public async Task No_series_yet_is_absent_and_more_than_one_is_said()
    {
        var looks = Looks(new() { Metrics = { ["loss"] = "nothing" } });
        await looks.Next("loss");
        looks.Last.State.ShouldBe(CurveReadingState.Absent);

        _series["twice"] = _ => 1;
        looks = Looks(new() { Metrics = { ["loss"] = "twice" } });
        await looks.Next("loss");
        looks.Last.State.ShouldBe(CurveReadingState.Failed);
        looks.Last.Note.ShouldNotBeNull().ShouldContain("more than one series");
    }

    [Fact]
    public async Task A_word_that_would_end_the_quotes_is_refused()
    {
        var looks = Looks(new() { Metrics = { ["loss"] = """loss{job="{job}"}""" } }, job: "a\"} or up{x=\"");

        await looks.Next("loss");

        looks.Last.State.ShouldBe(CurveReadingState.Failed);
    }

    [Fact]
    public async Task A_server_of_another_name_is_not_asked()
    {
        var looks = Looks(new() { Server = "other", Metrics = { ["loss"] = "loss" } });

        await looks.Next("loss");

        looks.Last.Note.ShouldNotBeNull().ShouldContain("other");
    }

    private Looks Looks(PrometheusCurveOptions options, string job = "j1")
    {
        var known = new KnownSecrets();
        var source = new PrometheusSource(
            new PrometheusOptions { Name = "main", Url = "http://prometheus.example:9090" }, new Some.FakeServer((_, body) => (200, Answer(body))), Some.Secrets(known), known, Some.Redactor(known), _clock);
        var evidence = new ConfiguredSources([source], _clock);
        return new Looks(() => new PrometheusCurve(options, new Dictionary<string, string> { ["job"] = job }, evidence, _clock));
    }

    // samples on the grid that was asked for, as query_range gives them
    private string Answer(string body)
    {
        var form = body.Split('&').Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        if (!_series.TryGetValue(form["query"], out var value))
            return """{"status":"success","data":{"resultType":"matrix","result":[]}}""";
        var step = long.Parse(form["step"], CultureInfo.InvariantCulture);
        var samples = new List<string>();
        for (var at = long.Parse(form["start"], CultureInfo.InvariantCulture); at <= long.Parse(form["end"], CultureInfo.InvariantCulture); at += step)
        {
            if (value(at) is { } number)
                samples.Add(string.Create(CultureInfo.InvariantCulture, $"[{at},\"{number}\"]"));
        }

        var series = "{\"metric\":{},\"values\":[" + string.Join(',', samples) + "]}";
        return "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[" + (form["query"] == "twice" ? $"{series},{series}" : series) + "]}}";
    }
}
