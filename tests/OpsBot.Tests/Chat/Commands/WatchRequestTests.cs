using OpsBot.Chat.Commands;

namespace OpsBot.Tests.Chat.Commands;

public sealed class WatchRequestTests
{
    [Theory]
    [InlineData("`rate(errors[5m])` < 0.01 every 1m for 1h", "rate(errors[5m])", "<", 0.01)]
    [InlineData("rate(errors[5m]) < 0.01 every 1m for 1h", "rate(errors[5m])", "<", 0.01)]
    [InlineData("`rate(errors[5m])`<0.01 for 1h every 1m", "rate(errors[5m])", "<", 0.01)]
    [InlineData("`sum(a) > 3 or b` ≥ 2 every 1m for 1h", "sum(a) > 3 or b", ">=", 2)]
    [InlineData("`x{job=\"a every b\"}` == -1e-3 every 1m for 1h", "x{job=\"a every b\"}", "==", -0.001)]
    [InlineData("up = 1 every 1m for 1h", "up", "==", 1)]
    [InlineData("`a`!=7 every 1m for 1h", "a", "!=", 7)]
    [InlineData("`error_ratio` < 1% every 1m for 1h", "error_ratio", "<", 0.01)]
    public void A_query_is_read_as_it_is_meant(string text, string expr, string op, double value)
    {
        var query = WatchRequestParser.Parse(text).ShouldBeOfType<WatchRequest.Query>();
        (query.Expr, query.Op, query.Until).ShouldBe((expr, op, false));
        query.Value.ShouldBe(value, 1e-12);
        (query.Terms.Every, query.Terms.For).ShouldBe((TimeSpan.FromMinutes(1), TimeSpan.FromHours(1)));
    }

    [Fact]
    public void What_is_waited_for_and_how_often_it_counts_can_be_said()
    {
        var query = WatchRequestParser.Parse("until `queue_depth` < 10 after 3 for 2h env Staging").ShouldBeOfType<WatchRequest.Query>();
        query.Until.ShouldBeTrue();
        query.Terms.ShouldBe(new WatchRequest.Timing(null, TimeSpan.FromHours(2), 3, "Staging"));
    }

    [Theory]
    [InlineData("job 4711 auc >= 0.78 for 2h", "4711", "auc", ">=", 0.78)]
    [InlineData("job ranker-9 val/loss <= 0.3", "ranker-9", "val/loss", "<=", 0.3)]
    [InlineData("job 4711 auc > 0.78", "4711", "auc", ">=", 0.78)]
    [InlineData("job 4711 for 2h", "4711", null, ">=", null)]
    public void A_job_is_read_as_it_is_meant(string text, string key, string? metric, string op, double? target)
    {
        var job = WatchRequestParser.Parse(text).ShouldBeOfType<WatchRequest.Job>();
        (job.Key, job.Metric, job.Op, job.Target).ShouldBe((key, metric, op, target));
    }

    [Theory]
    [InlineData("pause WATCH-3", "pause", "WATCH-3", null, "")]
    [InlineData("extend 3 1h30m", "extend", "3", 90, "")]
    [InlineData("stop WATCH-3 it is broken", "stop", "WATCH-3", null, "it is broken")]
    [InlineData("resume \"checkout errors\"", "resume", "checkout errors", null, "")]
    [InlineData("attach WATCH-3", "show", "WATCH-3", null, "")]
    public void What_is_done_to_a_watch_is_read(string text, string verb, string name, int? minutes, string rest) =>
        WatchRequestParser.Parse(text).ShouldBe(new WatchRequest.Change(verb, name, minutes is { } by ? TimeSpan.FromMinutes(by) : null, rest));

    [Fact]
    public void A_declared_one_is_begun_by_its_name()
    {
        var start = WatchRequestParser.Parse("start \"nightly run\" job=4711").ShouldBeOfType<WatchRequest.Start>();
        start.Name.ShouldBe("nightly run");
        start.Words.ShouldBe(new Dictionary<string, string> { ["job"] = "4711" });
    }

    [Fact]
    public void A_canary_is_begun_by_its_service_with_what_the_deploy_would_have_said()
    {
        var canary = WatchRequestParser.Parse("canary checkout version=2.4.1 podHash=7c9 every 30s for 45m env Prod").ShouldBeOfType<WatchRequest.Canary>();
        canary.Service.ShouldBe("checkout");
        canary.Words.ShouldBe(new Dictionary<string, string> { ["version"] = "2.4.1", ["podHash"] = "7c9" });
        canary.Terms.ShouldBe(new WatchRequest.Timing(TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(45), null, "Prod"));
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("list", false)]
    [InlineData("list all", true)]
    public void Nothing_or_list_lists(string text, bool all) => WatchRequestParser.Parse(text).ShouldBe(new WatchRequest.List(all));

    [Theory]
    [InlineData("error-rate", "I cannot read what to watch")]
    [InlineData("`up` <", "I cannot read what to watch")]
    [InlineData("`up` < 1e999", "I cannot read what to watch")]
    [InlineData("`` < 1", "There is no query")]
    [InlineData("`up` < 1 for ever", "'ever' is no length of time; write for example: for 45m")]
    [InlineData("`up` < 1 every soon", "'soon' is no length of time")]
    [InlineData("`up` < 1 after many", "'many' is no number of intervals")]
    [InlineData("pause", "Which one?")]
    [InlineData("canary", "The canary of which service?")]
    [InlineData("canary checkout 2.4.1", "'2.4.1' says nothing of what it is; write name=value: watch canary checkout version=2.4.1")]
    [InlineData("canary checkout after 3", "leave 'after' out")]
    [InlineData("extend WATCH-3", "By how long?")]
    [InlineData("extend WATCH-3 soon", "By how long?")]
    [InlineData("job", "Which job?")]
    [InlineData("job 4711 auc", "'auc' is no goal")]
    [InlineData("job 4711 auc == 0.5", "'==' is no way to get better")]
    [InlineData("start", "Start which one?")]
    [InlineData("start x y", "'y' says nothing of what it is")]
    public void What_cannot_be_read_is_answered_with_what_to_write(string text, string expected) =>
        WatchRequestParser.Parse(text).ShouldBeOfType<WatchRequest.Unreadable>().Problem.ShouldContain(expected);

    [Fact]
    public void Nothing_that_is_written_takes_it_down_or_long()
    {
        var random = new Random(20260105);
        const string Characters = "`\"'<>=!{}()[]0123456789.eE+-% \n\tforeveryafterjobwatchuntil≥≤“”\ud83d\u0000";
        for (var i = 0; i < 2000; i++)
            WatchRequestParser.Parse(new string([.. Enumerable.Range(0, random.Next(80)).Select(_ => Characters[random.Next(Characters.Length)])])).ShouldNotBeNull();
        var begun = TimeProvider.System.GetTimestamp();
        WatchRequestParser.Parse(new string('<', 4000)).ShouldNotBeNull();
        WatchRequestParser.Parse(string.Concat(Enumerable.Repeat(" for 1h", 600))).ShouldNotBeNull();
        TimeProvider.System.GetElapsedTime(begun).ShouldBeLessThan(TimeSpan.FromSeconds(10));
    }
}
