using System.Net;
using System.Text.RegularExpressions;
using OpsBot.Contracts.Actions;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Host.Console;

public sealed partial class ConsoleActionTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_proposal_shows_what_would_run_why_and_who_may_approve_it()
    {
        await using var console = await StartAsync();
        using var browser = console.Browser();

        var page = await browser.GetStringAsync("/incidents/INC-12", Stop);

        foreach (var shown in new[]
        {
            "PROP-7", "waits for approval", "deployment/payments", "can be undone", "/usr/bin/deployctl set payments 4.11.3", "/usr/bin/deployctl set payments 4.12.0",
            "dry run, nothing changed", "touches 1, 4 % of all, prod", "before: quiet; after: error-rate-low", "0 of 1 approved; may approve: oncall",
        })
        {
            page.ShouldContain(shown);
        }

        page.ShouldContain("Log in to approve or refuse");
        page.ShouldNotContain("action=\"/proposals/");
    }

    [Fact]
    public async Task An_approval_is_bound_to_what_was_shown_and_answered_after_a_redirect()
    {
        await using var console = await StartAsync();
        using var browser = await LoggedInAsync(console);
        var page = await browser.GetStringAsync("/incidents/INC-12", Stop);
        console.Actions.Answer = "Approved: it runs <now>.";

        var answer = await browser.PostAsync("/proposals/7/decide", FormOf(page, "approve"), Stop);

        answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        console.Actions.Asked.ShouldBe([$"ada approves PROP-7 v1 {new string('a', 64)}"]);
        answer.Headers.Location!.ToString().ShouldMatch(@"^/incidents/INC-12\?answer=[0-9a-f]{24}$");
        var told = await browser.GetStringAsync(answer.Headers.Location, Stop);
        told.ShouldContain("Approved: it runs &lt;now&gt;.");
        // a reload repeats the answer, not the click
        (await browser.GetStringAsync(answer.Headers.Location, Stop)).ShouldContain("Approved: it runs");
        console.Actions.Asked.Count.ShouldBe(1);
    }

    [Fact]
    public async Task The_command_box_says_its_words_as_whoever_is_logged_in_and_shows_the_answer_as_text()
    {
        await using var console = await StartAsync();
        using var stranger = console.Browser();
        (await stranger.GetStringAsync("/incidents/INC-12", Stop)).ShouldNotContain("id=\"say\"");

        using var browser = await LoggedInAsync(console);
        var page = await browser.GetStringAsync("/incidents/INC-12", Stop);
        var form = Form().Matches(page).Single(match => match.Value.Contains("id=\"say\"", StringComparison.Ordinal)).Value;
        var field = Regex.Match(form, "name=\"(?<name>[^\"]+)\" value=\"(?<value>[^\"]+)\"", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
        console.Actions.Answer = "Likeliest (82 %): <b>deploy</b>\nOne incident, because";
        var answer = await browser.PostAsync(
            "/incidents/INC-12/say",
            new FormUrlEncodedContent([KeyValuePair.Create(field.Groups["name"].Value, WebUtility.HtmlDecode(field.Groups["value"].Value)), KeyValuePair.Create("text", "why <script>")]), Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        console.Actions.Asked.ShouldBe(["ada says to INC-12: why <script>"]);
        var told = await browser.GetStringAsync(answer.Headers.Location, Stop);
        told.ShouldContain("Likeliest (82 %): &lt;b&gt;deploy&lt;/b&gt;");
        WebUtility.HtmlDecode(told).ShouldContain("</b>\nOne incident, because", Case.Sensitive, "its lines stay");

        (await browser.PostAsync("/incidents/INC-12/say", new FormUrlEncodedContent([KeyValuePair.Create("text", "stop")]), Stop)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        console.Actions.Asked.Count.ShouldBe(1, "a form from elsewhere says nothing");
    }

    [Fact]
    public async Task Enter_in_the_reason_refuses_and_never_approves()
    {
        await using var console = await StartAsync();
        using var browser = await LoggedInAsync(console);
        var page = await browser.GetStringAsync("/incidents/INC-12", Stop);

        var form = Form().Matches(page).Single(match => match.Value.Contains("name=\"reason\"", StringComparison.Ordinal)).Value;
        form.ShouldContain("value=\"refuse\"");
        form.ShouldNotContain("approve");
        await browser.PostAsync("/proposals/7/decide", FormOf(page, "refuse", ("reason", "not tonight")), Stop);

        console.Actions.Asked.ShouldBe([$"ada refuses PROP-7 v1 {new string('a', 64)} not tonight"]);
    }

    [Theory]
    [InlineData("decision", "maybe")]
    [InlineData("decision", "")]
    [InlineData("version", "1; drop table")]
    [InlineData("version", "")]
    public async Task A_form_that_says_neither_yes_nor_no_decides_nothing(string field, string value)
    {
        await using var console = await StartAsync();
        using var browser = await LoggedInAsync(console);
        var page = await browser.GetStringAsync("/incidents/INC-12", Stop);

        var answer = await browser.PostAsync("/proposals/7/decide", FormOf(page, "approve", (field, value)), Stop);

        console.Actions.Asked.ShouldBeEmpty();
        (await browser.GetStringAsync(answer.Headers.Location, Stop)).ShouldContain("Nothing was changed");
    }

    [Theory]
    [InlineData("/proposals/7/decide")]
    [InlineData("/actions/stop")]
    [InlineData("/actions/resume")]
    [InlineData("/incidents/INC-12/acknowledge")]
    [InlineData("/incidents/INC-12/resolve")]
    public async Task Nobody_changes_anything_without_a_login_and_the_forms_own_field(string path)
    {
        await using var console = await StartAsync();
        using var stranger = console.Browser();
        (await stranger.PostAsync(path, null, Stop)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);

        using var browser = await LoggedInAsync(console);
        var answer = await browser.PostAsync(path, new FormUrlEncodedContent([new("decision", "approve"), new("version", "1")]), Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        console.Actions.Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_form_comes_back_to_a_page_of_this_console_only()
    {
        await using var console = await StartAsync();
        using var browser = await LoggedInAsync(console);
        var page = await browser.GetStringAsync("/incidents/INC-12", Stop);

        var answer = await browser.PostAsync("/proposals/7/decide", FormOf(page, "approve", ("back", "https://elsewhere.example/")), Stop);

        answer.Headers.Location!.ToString().ShouldStartWith("/?answer=");
    }

    [Fact]
    public async Task A_link_cannot_put_words_on_a_page()
    {
        await using var console = await StartAsync();
        using var browser = console.Browser();
        (await browser.GetStringAsync("/actions?answer=Approved+by+your+boss", Stop)).ShouldNotContain("Approved by your boss");
    }

    [Fact]
    public async Task The_actions_page_stops_and_resumes_and_shows_what_runs()
    {
        await using var console = await StartAsync();
        console.Actions.Runs.AddRange([Some.ShownRun(RunStatus.Intended, 4), Some.ShownRun(RunStatus.Undone, 3)]);
        using var browser = await LoggedInAsync(console);
        var page = await browser.GetStringAsync("/actions", Stop);
        page.ShouldContain("RUN-4");
        page.ShouldContain("waiting for 6 pods");
        page.ShouldContain("RUN-3");

        await browser.PostAsync("/actions/stop", FormOf(page, null, ("reason", "strange things")), Stop);
        console.Actions.Switch = new ActionSwitch(Some.Night, "ada", "strange things");
        page = await browser.GetStringAsync("/actions", Stop);
        page.ShouldContain("All actions are stopped");
        (await browser.GetStringAsync("/incidents/INC-12", Stop)).ShouldContain("All actions are stopped");
        await browser.PostAsync("/actions/resume", FormOf(page, null), Stop);

        console.Actions.Asked.ShouldBe(["ada stops: strange things", "ada resumes"]);
    }

    [Fact]
    public async Task An_incident_is_taken_on_and_closed_from_its_page()
    {
        await using var console = await StartAsync();
        using var browser = await LoggedInAsync(console);
        var page = await browser.GetStringAsync("/incidents/INC-12", Stop);
        page.ShouldContain("action=\"/incidents/INC-12/acknowledge\"");

        await browser.PostAsync("/incidents/INC-12/acknowledge", FormOf(page, null), Stop);
        await browser.PostAsync("/incidents/inc-12/resolve", FormOf(page, null), Stop);

        console.Actions.Asked.ShouldBe(["ada acknowledges INC-12", "ada resolves INC-12"]);
    }

    [Fact]
    public async Task The_audit_page_shows_the_newest_rows_as_text_and_verifies_when_asked()
    {
        await using var console = await StartAsync();
        console.Actions.Audit.AddRange(
        [
            new AuditRow(1, Some.Night, "proposed", "opsbot", "PROP-7 v1", """{"hash":"aaaa"}""", "m"),
            new AuditRow(2, Some.Night, "approved", "ada", "PROP-7 v1", """{"reason":"<script>alert(1)</script>"}""", "m"),
        ]);
        using var browser = console.Browser();

        var page = await browser.GetStringAsync("/audit?subject=PROP-7", Stop);

        page.IndexOf("approved", StringComparison.Ordinal).ShouldBeLessThan(page.IndexOf("proposed</b>", StringComparison.Ordinal));
        page.ShouldContain("reason: &lt;script&gt;");
        page.ShouldNotContain("The chain is whole");
        (await browser.GetStringAsync("/audit?verify=1", Stop)).ShouldContain("The chain is whole: 2 rows.");
    }

    private static async Task<ConsoleUnderTest> StartAsync()
    {
        var store = FakeStore.WithANight();
        store.Incidents[0] = Some.ProposedThread();
        var console = await ConsoleUnderTest.StartAsync(Stop, store: store, people: true);
        console.Actions.Proposals.Add(Some.ProposalView());
        return console;
    }

    private static async Task<HttpClient> LoggedInAsync(ConsoleUnderTest console)
    {
        var browser = console.Browser();
        var page = await browser.GetStringAsync("/login", Stop);
        var answer = await browser.PostAsync("/login", new FormUrlEncodedContent([Field(page), new("token", ConsoleUnderTest.AdasToken)]), Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        return browser;
    }

    /// <summary>The fields of the form with this decision as the page has them, some of them edited.</summary>
    private static FormUrlEncodedContent FormOf(string page, string? decision, params (string Name, string Value)[] edited)
    {
        var form = decision is null ? page : Form().Matches(page).Single(match => match.Value.Contains($"value=\"{decision}\"", StringComparison.Ordinal)).Value;
        var fields = decision is null
            ? new Dictionary<string, string> { [Field(page).Key] = Field(page).Value }
            : Hidden().Matches(form).ToDictionary(match => match.Groups["name"].Value, match => WebUtility.HtmlDecode(match.Groups["value"].Value));
        foreach (var (name, value) in edited)
        {
            fields[name] = value;
        }

        return new FormUrlEncodedContent(fields);
    }

    private static KeyValuePair<string, string> Field(string page)
    {
        var field = Hidden().Match(page);
        return new(field.Groups["name"].Value, WebUtility.HtmlDecode(field.Groups["value"].Value));
    }

    [GeneratedRegex("<form.*?</form>", RegexOptions.Singleline, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Form();

    [GeneratedRegex("<input type=\"hidden\" name=\"(?<name>[^\"]*)\" value=\"(?<value>[^\"]*)\"\\s*/?>", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Hidden();
}
