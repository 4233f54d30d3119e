using System.Net;
using System.Text.RegularExpressions;
using OpsBot.Contracts;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Host.Console;

public sealed partial class MutesPageTests
{
    private const string Hostile = "<img src=x onerror=alert(1)>\n\"' disk";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everybody_who_reads_sees_what_is_muted_by_whom_until_when_and_what_is_held_back()
    {
        await using var console = await ConsoleUnderTest.StartAsync(Stop, people: true);
        console.Actions.Mutes.AddRange([FakeActions.Muted("fp-7", "noisy since the move", 3), FakeActions.Muted(Hostile, null, 1), FakeActions.Muted("sk-secret", "sk-secret too", 0)]);
        using var browser = console.Browser();

        var page = await browser.GetStringAsync("/mutes", Stop);

        foreach (var shown in new[] { "fp-7", "noisy since the move", "Ada Lovelace", "3 alerts held back", "1 alert held back", "No reason was given.", "Log in to unmute", "Until", "&lt;img src=x" })
            page.ShouldContain(shown);
        page.ShouldContain(OpsBotJson.Format(Some.Night.AddHours(2)));
        page.ShouldNotContain("<img");
        page.ShouldNotContain("action=\"/mutes/end\"");
        (await browser.GetStringAsync("/", Stop)).ShouldContain("href=\"/mutes\"");
    }

    [Fact]
    public async Task A_person_unmutes_and_is_told_and_a_form_from_elsewhere_changes_nothing()
    {
        await using var console = await ConsoleUnderTest.StartAsync(Stop, people: true);
        console.Actions.Mutes.Add(FakeActions.Muted(Hostile, null, 1));
        using var stranger = console.Browser();
        (await stranger.PostAsync("/mutes/end", new FormUrlEncodedContent([new("mute", "a")]), Stop)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        using var browser = console.Browser();
        var login = Field().Match(await browser.GetStringAsync("/login", Stop));
        await browser.PostAsync("/login", new FormUrlEncodedContent([new(login.Groups["name"].Value, login.Groups["value"].Value), new("token", ConsoleUnderTest.AdasToken)]), Stop);
        (await browser.PostAsync("/mutes/end", new FormUrlEncodedContent([new("mute", "a")]), Stop)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        console.Actions.Asked.ShouldBeEmpty();

        var page = await browser.GetStringAsync("/mutes", Stop);
        var fields = Field().Matches(page[page.IndexOf("/mutes/end", StringComparison.Ordinal)..]).Take(2).Select(field => KeyValuePair.Create(field.Groups["name"].Value, field.Groups["value"].Value));
        console.Actions.Answer = $"{Hostile} is heard again.";
        var answer = await browser.PostAsync("/mutes/end", new FormUrlEncodedContent(fields), Stop);

        answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        console.Actions.Asked.ShouldBe([$"ada unmutes {OpsBot.Host.WebConsole.View.MuteRow.KeyOf(Hostile)}"]);
        var told = await browser.GetStringAsync(answer.Headers.Location, Stop);
        told.ShouldContain("is heard again.");
        told.ShouldNotContain("<img");
    }

    [GeneratedRegex("<input type=\"hidden\" name=\"(?<name>[^\"]*)\" value=\"(?<value>[^\"]*)\"\\s*/?>", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Field();
}
