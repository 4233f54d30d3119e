using System.Net;
using System.Text.RegularExpressions;
using OpsBot.Contracts.Watches;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Host.Console;

public sealed class ConsoleWatchTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_watch_shows_its_curve_what_it_found_and_that_nobody_looked_for_a_while_and_all_of_it_as_text()
    {
        await using var console = await StartAsync();
        using var browser = console.Browser();
        (await browser.GetStringAsync("/watches", Stop)).ShouldSatisfyAllConditions(
            page => page.ShouldContain("href=\"/watches/WATCH-1\""), page => page.ShouldContain("errors &lt;script&gt;"), page => page.ShouldContain("data-live=\"watches\""));
        var one = await browser.GetStringAsync("/watches/WATCH-1", Stop);
        foreach (var shown in new[] { "<polyline", "20, wanted &lt; 10", "violated", "Nobody looked at 4 times that were due", "/incidents/INC-12", "37 %" })
            one.ShouldContain(shown);
        one.ShouldNotContain("<script>alert");
        one.ShouldNotContain("id=\"pause\"", Case.Sensitive, "nobody is logged in");
        (await browser.GetAsync("/watches/WATCH-9", Stop)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await browser.GetAsync("/watches/w-1", Stop)).Headers.Location!.ToString().ShouldBe("/watches/WATCH-1");
    }

    [Fact]
    public async Task Its_buttons_say_the_words_of_chat_as_whoever_is_logged_in()
    {
        await using var console = await StartAsync();
        using var browser = console.Browser();
        var login = await browser.GetStringAsync("/login", Stop);
        await browser.PostAsync("/login", new FormUrlEncodedContent([Field(login), new("token", ConsoleUnderTest.AdasToken)]), Stop);
        var field = Field(await browser.GetStringAsync("/watches/WATCH-1", Stop));
        foreach (var (path, name, value) in new[] { ("/watches/WATCH-1/pause", "x", ""), ("/watches/WATCH-1/extend", "by", "2h"), ("/watches/WATCH-1/stop", "reason", "enough"), ("/watches", "what", "`up` < 1 for 1h") })
            (await browser.PostAsync(path, new FormUrlEncodedContent([field, new(name, value)]), Stop)).StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        console.Actions.Asked.Select(asked => asked[(asked.IndexOf(": ", StringComparison.Ordinal) + 2)..].Trim())
            .ShouldBe(["watch pause WATCH-1", "watch extend WATCH-1 2h", "watch stop WATCH-1 enough", "watch `up` < 1 for 1h"]);
        (await browser.PostAsync("/watches/WATCH-1/drop", new FormUrlEncodedContent([field]), Stop)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await browser.PostAsync("/watches/WATCH-1/stop", new FormUrlEncodedContent([new("reason", "x")]), Stop)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        console.Actions.Asked.Count.ShouldBe(4, "a form from elsewhere says nothing");
    }

    private static async Task<ConsoleUnderTest> StartAsync()
    {
        var console = await ConsoleUnderTest.StartAsync(Stop, people: true);
        console.Watches.All.Add(Some.Watch() with
        {
            Title = "errors <script>alert(1)</script>",
            Tick = 3,
            Missed = 4,
            Latest = TimeSpan.FromMinutes(4),
            Reading = new WatchReading("20, wanted < 10", 20, 0.37, null, [1000, 2000, 3000], [1, 2, 20]),
            Problems = [new WatchProblem("violated", "20, wanted < 10")],
        });
        console.Watches.Findings.Add(new WatchFinding(2, "violated", WatchChange.Began, Some.WatchBegan, "20, wanted < 10 <script>alert(2)</script>"));
        return console;
    }

    private static KeyValuePair<string, string> Field(string page)
    {
        var match = Regex.Match(page, "type=\"hidden\" name=\"(?<name>__[^\"]+)\" value=\"(?<value>[^\"]+)\"", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
        return new(match.Groups["name"].Value, WebUtility.HtmlDecode(match.Groups["value"].Value));
    }
}
