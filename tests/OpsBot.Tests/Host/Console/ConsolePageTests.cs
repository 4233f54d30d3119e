using System.Net;
using System.Text.RegularExpressions;
using OpsBot.Chat.Cards;
using OpsBot.Contracts.Diagnoses;
using OpsBot.Contracts.Events;
using OpsBot.Host.WebConsole.Endpoints;
using OpsBot.Host.WebConsole.View;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Host.Console;

public class ConsolePageTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_list_shows_active_incidents_with_severity_state_and_top_cause()
    {
        await using var console = await ConsoleUnderTest.StartAsync(Stop);
        var page = await TextAsync(console, "/");
        page.ShouldContain("INC-12 Checkout p99 latency above 2 s");
        page.ShouldContain("82 % Deploy of payments 4.12.0");
        page.ShouldContain("critical");
        page.ShouldNotContain("INC-7 ");
        (await TextAsync(console, "/?status=resolved")).ShouldContain("INC-7 ");
    }

    [Theory]
    [InlineData("/?status=%3Cscript%3E&page=-3")]
    [InlineData("/?status=all&page=99999999999999999999")]
    [InlineData("/?page=")]
    [InlineData("/messages?id=1&retry=%3Cscript%3E")]
    public async Task A_nonsense_query_still_gives_a_page(string path)
    {
        await using var console = await ConsoleUnderTest.StartAsync(Stop);
        using var browser = console.Browser();
        var answer = await browser.GetAsync(path, Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.Content.ReadAsStringAsync(Stop)).ShouldNotContain("<script>");
    }

    [Fact]
    public async Task An_incident_has_one_address()
    {
        await using var console = await ConsoleUnderTest.StartAsync(Stop);
        using var browser = console.Browser();
        (await browser.GetAsync("/incidents/12", Stop)).Headers.Location!.ToString().ShouldBe("/incidents/INC-12");
        (await browser.GetAsync("/incidents/INC-999", Stop)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await browser.GetAsync("/incidents/nonsense", Stop)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_thread_shows_causes_evidence_with_query_time_and_trust_and_a_chart_in_words()
    {
        await using var console = await ConsoleUnderTest.StartAsync(Stop);
        var html = await HtmlAsync(console, "/incidents/INC-12");
        var text = TextOf(html);
        text.ShouldContain("82 %");
        text.ShouldContain("histogram_quantile(0.99");
        text.ShouldContain("2026-11-22 03:10:40 UTC");
        text.ShouldContain("untrusted: may hold words that somebody outside chose");
        text.ShouldContain("Compare payments_pool_in_use with pool.max");
        text.ShouldContain("2 of the same alerts");
        text.ShouldContain("neighbour checkout → payments 0.40");
        html.ShouldContain("aria-label=\"payments p99 (s): 02:44 to 03:14 UTC, lowest 0.15");
        Regex.Count(html, "<h1").ShouldBe(1);
    }

    [Fact]
    public async Task Hostile_texts_stay_texts_on_every_page()
    {
        var store = FakeStore.WithANight();
        store.Incidents.Add(Some.HostileThread());
        store.Dead.Add(store.Dead[0] with { Id = 5, Error = "<script>alert(8)</script>", Body = "</pre><script>alert(9)</script>", Kind = "<b>" });
        store.Quarantined.Add(store.Quarantined[0] with { Id = 6, Field = "<script>", Excerpt = "</details><script>" });
        await using var console = await ConsoleUnderTest.StartAsync(Stop, store: store);
        foreach (var path in new[] { "/", "/incidents/INC-66", "/messages" })
        {
            var html = await HtmlAsync(console, path);
            Regex.Matches(html, "<script[^>]*>").Select(m => m.Value).ShouldAllBe(s => s.StartsWith("<script src=\"/assets/console-"));
            html.ShouldNotContain("<img");
            Regex.Matches(html, " (?:href|src)=\"([^\"]*)\"").Select(m => m.Groups[1].Value)
                .ShouldAllBe(l => l.StartsWith('/') || l.StartsWith('#') || l.StartsWith("https://grafana.example/"), path);
            html.Where(c => char.IsControl(c) && c is not ('\n' or '\t' or '\r')).ShouldBeEmpty(path);
            html.IndexOfAny(['\u202E', '\u2066']).ShouldBe(-1, path);
            Regex.IsMatch(html, " on[a-z]+=\"").ShouldBeFalse();
            html.ShouldNotContain("style=");
        }
    }

    [Fact]
    public async Task A_title_of_a_megabyte_makes_a_small_page()
    {
        var store = new FakeStore();
        store.Incidents.Add(Some.HostileThread(new string('<', 1 << 20)));
        await using var console = await ConsoleUnderTest.StartAsync(Stop, store: store);
        (await HtmlAsync(console, "/incidents/INC-66")).Length.ShouldBeLessThan(100_000);
    }

    [Fact]
    public async Task Secrets_are_redacted_on_the_list_and_in_the_thread()
    {
        var store = new FakeStore();
        store.Incidents.Add(Some.HostileThread($"login with {FakeRedactor.Secret}"));
        await using var console = await ConsoleUnderTest.StartAsync(Stop, store: store);
        (await HtmlAsync(console, "/")).ShouldNotContain(FakeRedactor.Secret);
        (await HtmlAsync(console, "/incidents/INC-66")).ShouldContain("[redacted:test]");
    }

    [Fact]
    public async Task A_store_that_fails_gives_a_page_that_says_what_to_do_and_nothing_of_its_insides()
    {
        await using var console = await ConsoleUnderTest.StartAsync(Stop);
        console.Store.Broken = new InvalidOperationException("Host=db;Password=hunter2");
        using var browser = console.Browser();
        var answer = await browser.GetAsync("/", Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        var html = await answer.Content.ReadAsStringAsync(Stop);
        html.ShouldContain("opsbot doctor");
        html.ShouldNotContain("hunter2");
        html.ShouldNotContain("InvalidOperation");
    }

    [Fact]
    public async Task An_empty_store_says_how_to_see_an_incident()
    {
        await using var console = await ConsoleUnderTest.StartAsync(Stop, store: new FakeStore());
        (await TextAsync(console, "/")).ShouldContain("opsbot demo");
        (await TextAsync(console, "/messages")).ShouldContain("None.");
    }

    [Fact]
    public async Task A_hundred_incidents_take_two_pages()
    {
        var store = new FakeStore();
        for (var id = 1; id <= 60; id++) store.Incidents.Add(Some.OpenedThread(id));
        await using var console = await ConsoleUnderTest.StartAsync(Stop, store: store);
        (await HtmlAsync(console, "/")).ShouldContain("href=\"/?page=2\"");
        var second = await HtmlAsync(console, "/?page=2");
        Regex.Count(second, "class=\"edge-").ShouldBe(10);
        second.ShouldNotContain("page=3");
    }

    [Fact]
    public async Task Messages_show_counts_reasons_and_refusals()
    {
        await using var console = await ConsoleUnderTest.StartAsync(Stop);
        var text = await TextAsync(console, "/messages");
        text.ShouldContain("query needs too many samples");
        text.ShouldContain("alerts[2].startsAt");
        text.ShouldContain("pagerduty 4");
        text.ShouldContain("18 204");
    }

    [Fact]
    public async Task Of_many_alerts_the_page_says_how_many_there_are_and_how_many_it_shows()
    {
        await using var console = await ConsoleUnderTest.StartAsync(Stop);
        (await TextAsync(console, "/incidents/INC-31")).ShouldContain("Alerts 200 of 500 from 537 events");
        (await TextAsync(console, "/incidents/INC-12")).ShouldContain("Alerts 2 from 2 events");
    }

    [Fact]
    public async Task Of_the_alerts_those_that_fire_come_first_and_of_these_the_worst()
    {
        var storm = Some.StormThread();
        var store = new FakeStore();
        store.Incidents.Add(storm with
        {
            Alerts =
            [
                storm.Alerts[0] with { Title = "over", Severity = "critical", Status = AlertStatus.Resolved },
                storm.Alerts[1] with { Title = "small", Severity = "info" },
                storm.Alerts[2] with { Title = "middling", Severity = "warning" },
                storm.Alerts[3] with { Title = "worst", Severity = "critical" },
            ],
        });
        await using var console = await ConsoleUnderTest.StartAsync(Stop, store: store);
        Regex.Matches(await HtmlAsync(console, "/incidents/INC-31"), "<td role=\"cell\"><span class=\"title\">(\\w+)</span>").Select(m => m.Groups[1].Value)
            .ShouldBe(["worst", "middling", "small", "over"]);
    }

    [Fact]
    public async Task Assets_may_be_kept_for_ever_because_their_path_changes_with_them()
    {
        await using var console = await ConsoleUnderTest.StartAsync(Stop);
        using var browser = console.Browser();
        var path = Regex.Match(await HtmlAsync(console, "/"), "href=\"(/assets/console-[0-9a-f]{12}\\.css)\"").Groups[1].Value;
        var answer = await browser.GetAsync(path, Stop);
        answer.Content.Headers.ContentType!.ToString().ShouldBe("text/css; charset=utf-8");
        answer.Headers.CacheControl!.ToString().ShouldContain("immutable");
        (await browser.GetAsync("/assets/..%2Fopsbot.dll", Stop)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_live_stream_names_what_changed_and_ends_with_the_program()
    {
        var console = await ConsoleUnderTest.StartAsync(Stop);
        await using (console)
        {
            using var browser = console.Browser();
            using var answer = await browser.GetAsync("/live", HttpCompletionOption.ResponseHeadersRead, Stop);
            answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
            using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(Stop));
            while (await lines.ReadLineAsync(Stop) is not "event: hello") { }

            console.Live.IncidentChanged(12);
            while (await lines.ReadLineAsync(Stop) is not "event: incident") { }

            (await lines.ReadLineAsync(Stop)).ShouldBe("data: 12");
        }

        console.Live.Readers.ShouldBe(0);
    }

    [Fact]
    public async Task The_live_stream_of_messages_tells_when_the_counts_change_and_only_then()
    {
        await using var console = await ConsoleUnderTest.StartAsync(Stop);
        using var browser = console.Browser();
        (await HtmlAsync(console, "/messages")).ShouldContain("data-live=\"messages\"");
        using var answer = await browser.GetAsync("/live?of=messages", HttpCompletionOption.ResponseHeadersRead, Stop);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(Stop));
        while (await lines.ReadLineAsync(Stop) is not "event: hello") { }

        // a change of incidents is no news here
        console.Live.IncidentChanged(12);
        console.Store.Dead.RemoveAt(0);

        string? line;
        do line = await lines.ReadLineAsync(Stop);
        while (line is not null && !line.StartsWith("event: ", StringComparison.Ordinal));
        line.ShouldBe("event: messages");
        console.Live.Readers.ShouldBe(0);
    }

    [Fact]
    public async Task Many_pages_look_at_the_messages_table_as_often_as_one()
    {
        var store = FakeStore.WithANight();
        using var watch = new MessageWatch(store, TimeProvider.System);
        var first = await watch.VersionAsync(Stop);
        (await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => watch.VersionAsync(Stop)))).ShouldAllBe(v => v == first);
        store.Counted.ShouldBe(1);
    }

    [Fact]
    public void A_chart_leaves_gaps_where_samples_are_missing()
    {
        var shape = ChartShape.Of(new EvidenceChart("x", [0, 1000, 2000, 3000, 4000], [1, 2, null, double.NaN, 3], 1000))!;
        shape.Lines.Count.ShouldBe(1);
        shape.Dots.Count.ShouldBe(1);
        shape.MarkX.ShouldBe("150");
    }

    [Fact]
    public void Charts_of_nothing_of_one_value_and_of_extremes_are_drawn_or_left_out()
    {
        ChartShape.Of(new EvidenceChart("x", [], [])).ShouldBeNull();
        ChartShape.Of(new EvidenceChart("x", [1, 2], [null, double.NaN])).ShouldBeNull();
        ChartShape.Of(new EvidenceChart("x", [1], [5]))!.Dots.ShouldBe([("300", "48")]);
        var extreme = ChartShape.Of(new EvidenceChart("x", [long.MinValue, long.MaxValue], [double.MinValue, double.MaxValue], 0))!;
        extreme.Lines.Single().ShouldNotContain("NaN");
        extreme.Lines.Single().ShouldNotContain("∞");
    }

    [Theory]
    [InlineData(5, "just now")]
    [InlineData(45, "45 s ago")]
    [InlineData(90, "1 min ago")]
    [InlineData(3_700, "1 h 1 min ago")]
    [InlineData(200_000, "2 d ago")]
    [InlineData(-90, "in 1 min")]
    public void Ages_are_short(int seconds, string words) => Ages.Of(Some.Night, Some.Night.AddSeconds(seconds)).ShouldBe(words);

    private static async Task<string> HtmlAsync(ConsoleUnderTest console, string path)
    {
        using var browser = console.Browser();
        return await browser.GetStringAsync(path, Stop);
    }

    private static async Task<string> TextAsync(ConsoleUnderTest console, string path) => TextOf(await HtmlAsync(console, path));

    private static string TextOf(string html) =>
        Regex.Replace(WebUtility.HtmlDecode(Regex.Replace(Regex.Replace(html, "<script.*?</script>", ""), "<[^>]+>", "")), "\\s+", " ");
}
