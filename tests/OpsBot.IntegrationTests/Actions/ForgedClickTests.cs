using System.Net;
using System.Text.RegularExpressions;
using OpsBot.Contracts.Actions;
using OpsBot.IntegrationTests.Support;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Actions;

/// <summary>Requests to the console of the real program that look like a click on Approve and are none.</summary>
public sealed partial class ForgedClickTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Only_the_form_of_the_page_from_the_page_by_who_is_logged_in_approves()
    {
        await using var stage = new ActionStage(ActionStage.Pager);
        await stage.OpenIncidentAsync(Cancel);
        await using var serve = await OpsBotProcess.ServeAsync(stage.Folder, stage.Config, Cancel);
        var proposal = await ProposeAsync(stage, "one");
        var other = await ProposeAsync(stage, "two");
        await stage.PageAsync(Cancel);
        using var stranger = await BrowserAsync(serve);
        using var bo = await BrowserAsync(serve);
        await LogInAsync(bo);
        var page = await bo.GetStringAsync($"/incidents/INC-{stage.Incident}", Cancel);
        var form = FormOf(page, proposal);
        var decide = $"/proposals/{proposal.Id}/decide";

        var forged = new (string What, HttpClient Browser, HttpRequestMessage Request)[]
        {
            ("nobody is logged in", stranger, Post(decide, form)),
            ("the form's own field is missing", bo, Post(decide, form.Where(field => field.Key is "version" or "hash" or "decision"))),
            ("the form's own field is another's", bo, Post(decide, form.Select(field => field.Key is "version" or "hash" or "decision" or "back" ? field : new(field.Key, field.Value[..^8] + "AAAAAAAA")))),
            ("another site's page sends it", bo, Post(decide, form, ("Origin", "https://evil.example"))),
            ("a page of no origin sends it", bo, Post(decide, form, ("Origin", "null"))),
            ("another site's script sends it", bo, Post(decide, form, ("Sec-Fetch-Site", "cross-site"))),
            ("a name that leads here sends it", bo, Post(decide, form, ("Host", "rebound.example"))),
            ("it is a link", bo, new HttpRequestMessage(HttpMethod.Get, decide + "?decision=approve&version=1&hash=" + proposal.Binding.Hash)),
            ("it is of another version", bo, Post(decide, Edited(form, "version", "2"))),
            ("it is of another proposal", bo, Post(decide, Edited(form, "hash", other.Binding.Hash))),
            ("it says yes in other words", bo, Post(decide, Edited(form, "decision", "APPROVE "))),
        };
        foreach (var (what, browser, request) in forged)
        {
            using var answer = await browser.SendAsync(request, Cancel);
            answer.StatusCode.ShouldNotBe(HttpStatusCode.OK, what);
            ((int)answer.StatusCode).ShouldBeLessThan(500, what);
            stage.Store.Count("select count(*) from approvals").ShouldBe(0, what);
            request.Dispose();
        }

        stage.Tells().ShouldBeEmpty();
        using var click = Post(decide, form);
        (await bo.SendAsync(click, Cancel)).StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        stage.Tells().ShouldBe([$"INC-{stage.Incident}/pagerduty/Q1/acknowledge"]);
        (await stage.RunOfAsync(proposal, Cancel)).Status.ShouldBe(RunStatus.Verified);
        using var replayed = Post(decide, form);
        (await bo.SendAsync(replayed, Cancel)).StatusCode.ShouldBe(HttpStatusCode.SeeOther, "a replay is answered, and does nothing");
        stage.Effects().ShouldHaveSingleItem().Name.ShouldBe("one");
        stage.Store.Count("select count(*) from messages where kind = 'action.run'").ShouldBe(1);
    }

    private static Task<Proposal> ProposeAsync(ActionStage stage, string name) =>
        stage.ProposedAsync("change", [new Dictionary<string, string> { ["name"] = name, ["outcome"] = "good" }], Cancel);

    private static async Task<HttpClient> BrowserAsync(OpsBotProcess serve)
    {
        var address = await serve.Console;
        var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = address };
        browser.DefaultRequestHeaders.Add("Origin", address.GetLeftPart(UriPartial.Authority));
        return browser;
    }

    private static async Task LogInAsync(HttpClient browser)
    {
        var field = Hidden().Match(await browser.GetStringAsync("/login", Cancel));
        using var body = new FormUrlEncodedContent([new(field.Groups["name"].Value, field.Groups["value"].Value), new("token", ActionStage.TokenOfBo)]);
        (await browser.PostAsync("/login", body, Cancel)).StatusCode.ShouldBe(HttpStatusCode.SeeOther);
    }

    private static List<KeyValuePair<string, string>> FormOf(string page, Proposal proposal) =>
        [.. Hidden().Matches(Form().Matches(page).Single(form => form.Value.Contains($"/proposals/{proposal.Id}/decide", StringComparison.Ordinal) && form.Value.Contains("value=\"approve\"", StringComparison.Ordinal)).Value)
            .Select(match => KeyValuePair.Create(match.Groups["name"].Value, WebUtility.HtmlDecode(match.Groups["value"].Value)))];

    private static IEnumerable<KeyValuePair<string, string>> Edited(List<KeyValuePair<string, string>> form, string name, string value) =>
        form.Select(field => field.Key == name ? new(name, value) : field);

    private static HttpRequestMessage Post(string path, IEnumerable<KeyValuePair<string, string>> form, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(form) };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    [GeneratedRegex("<form.*?</form>", RegexOptions.Singleline, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Form();

    [GeneratedRegex("<input type=\"hidden\" name=\"(?<name>[^\"]*)\" value=\"(?<value>[^\"]*)\"\\s*/?>", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Hidden();
}
