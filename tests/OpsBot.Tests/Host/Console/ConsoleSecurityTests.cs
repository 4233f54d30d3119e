using System.Net;
using System.Text.RegularExpressions;
using OpsBot.Host.WebConsole.Security;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Host.Console;

public class ConsoleSecurityTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_answer_forbids_inline_scripts_frames_and_foreign_content()
    {
        await using var console = await ConsoleUnderTest.StartAsync(Stop);
        using var browser = console.Browser();
        foreach (var path in new[] { "/", "/incidents/INC-12", "/messages", "/login", "/nowhere" })
        {
            var answer = await browser.GetAsync(path, Stop);
            answer.Headers.GetValues("Content-Security-Policy").Single().ShouldBe(SecurityHeaders.Policy, path);
            answer.Headers.GetValues("X-Content-Type-Options").Single().ShouldBe("nosniff");
            answer.Headers.CacheControl!.NoStore.ShouldBeTrue(path);
            answer.Headers.Contains("Server").ShouldBeFalse();
        }

        SecurityHeaders.Policy.ShouldNotContain("unsafe");
    }

    [Theory]
    [InlineData("localhost:8081", HttpStatusCode.OK)]
    [InlineData("[::1]:9", HttpStatusCode.OK)]
    [InlineData("evil.example", HttpStatusCode.MisdirectedRequest)]
    [InlineData("127.0.0.1.evil.example:8081", HttpStatusCode.MisdirectedRequest)]
    [InlineData("localhost.evil.example", HttpStatusCode.MisdirectedRequest)]
    public async Task Only_names_of_ours_are_answered(string host, HttpStatusCode status)
    {
        await using var console = await ConsoleUnderTest.StartAsync(Stop);
        using var browser = console.Browser();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { Host = host } };
        (await browser.SendAsync(request, Stop)).StatusCode.ShouldBe(status);
    }

    [Fact]
    public async Task A_configured_name_is_answered_and_then_reading_needs_a_login()
    {
        await using var console = await ConsoleUnderTest.StartAsync(Stop, o =>
        {
            o.AllowedHosts = ["ops.example.com"];
            o.Token = ConsoleUnderTest.Token;
        });
        using var browser = console.Browser();
        foreach (var path in new[] { "/", "/incidents/INC-12", "/messages" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Host = "ops.example.com" } };
            var answer = await browser.SendAsync(request, Stop);
            answer.StatusCode.ShouldBe(HttpStatusCode.Redirect, path);
            answer.Headers.Location!.ToString().ShouldContain("/login");
            (await answer.Content.ReadAsStringAsync(Stop)).ShouldBeEmpty();
        }

        (await browser.GetAsync("/live", Stop)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("https://evil.example", "cross-site")]
    [InlineData("null", "cross-site")]
    [InlineData(null, null)]
    [InlineData("same", "same-site")]
    [InlineData("http://127.0.0.1:1", "same-origin")]
    public async Task A_change_that_another_page_asks_for_is_refused(string? origin, string? site)
    {
        await using var console = await ConsoleUnderTest.StartAsync(Stop, people: true);
        using var browser = await LoggedInAsync(console);
        var form = await RetryFormAsync(browser);
        browser.DefaultRequestHeaders.Remove("Origin");
        browser.DefaultRequestHeaders.Remove("Sec-Fetch-Site");
        if (origin is not null) browser.DefaultRequestHeaders.Add("Origin", origin == "same" ? console.Address.GetLeftPart(UriPartial.Authority) : origin);
        if (site is not null) browser.DefaultRequestHeaders.Add("Sec-Fetch-Site", site);
        (await browser.PostAsync("/messages/4107/retry", form, Stop)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        console.Store.Retried.ShouldBeEmpty();
    }

    [Fact]
    public async Task Another_sites_script_may_not_even_read_while_its_links_lead_here()
    {
        await using var console = await ConsoleUnderTest.StartAsync(Stop);
        using var browser = console.Browser();
        browser.DefaultRequestHeaders.Remove("Sec-Fetch-Site");
        browser.DefaultRequestHeaders.Add("Sec-Fetch-Site", "cross-site");
        (await browser.GetAsync("/", Stop)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        browser.DefaultRequestHeaders.Add("Sec-Fetch-Mode", "navigate");
        (await browser.GetAsync("/", Stop)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Without_people_nothing_can_be_changed()
    {
        await using var console = await ConsoleUnderTest.StartAsync(Stop);
        using var browser = console.Browser();
        (await browser.GetStringAsync("/messages", Stop)).ShouldNotContain("<form");
        var answer = await browser.PostAsync("/messages/4107/retry", null, Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await answer.Content.ReadAsStringAsync(Stop)).ShouldContain("Nothing was changed.");
        console.Store.Retried.ShouldBeEmpty();
    }

    [Fact]
    public async Task On_loopback_too_a_retry_needs_a_person_and_the_forms_own_field()
    {
        await using var console = await ConsoleUnderTest.StartAsync(Stop, people: true);
        using var stranger = console.Browser();
        (await stranger.PostAsync("/messages/4107/retry", null, Stop)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);

        using var browser = await LoggedInAsync(console);
        (await browser.PostAsync("/messages/4107/retry", new FormUrlEncodedContent([]), Stop)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        console.Store.Retried.ShouldBeEmpty();

        var answer = await browser.PostAsync("/messages/4107/retry", await RetryFormAsync(browser), Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        console.Store.Retried.ShouldBe([4107]);
        (await browser.GetStringAsync(answer.Headers.Location, Stop)).ShouldContain("Message 4107 is due again.");
    }

    [Fact]
    public async Task The_token_of_readers_reads_and_changes_nothing()
    {
        await using var console = await ConsoleUnderTest.StartAsync(Stop, o => o.Token = ConsoleUnderTest.Token, people: true);
        using var browser = console.Browser();
        (await LogInAsync(browser, ConsoleUnderTest.Token)).StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        var page = await browser.GetStringAsync("/messages", Stop);
        page.ShouldNotContain("action=\"/messages/4107/retry\"");
        page.ShouldContain("Log in to retry");
        var answer = await browser.PostAsync("/messages/4107/retry", new FormUrlEncodedContent([FieldOf(page)]), Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        console.Store.Retried.ShouldBeEmpty();

        // the form is there for whoever reads and wants to change something
        (await LogInAsync(browser, ConsoleUnderTest.AdasToken)).StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        (await browser.PostAsync("/messages/4107/retry", await RetryFormAsync(browser), Stop)).StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        console.Store.Retried.ShouldBe([4107]);
    }

    [Fact]
    public async Task Pages_show_who_is_logged_in()
    {
        await using var console = await ConsoleUnderTest.StartAsync(Stop, people: true);
        using var browser = await LoggedInAsync(console);
        (await browser.GetStringAsync("/", Stop)).ShouldContain("Ada Lovelace");
        (await browser.PostAsync("/logout", await RetryFormAsync(browser), Stop)).StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        (await browser.GetStringAsync("/", Stop)).ShouldNotContain("Ada Lovelace");
    }

    [Fact]
    public async Task The_session_of_somebody_who_is_no_longer_there_ends_with_the_restart()
    {
        string cookies;
        await using (var before = await ConsoleUnderTest.StartAsync(Stop, people: true))
        {
            using var browser = before.Browser();
            var answer = await LogInAsync(browser, ConsoleUnderTest.AdasToken);
            cookies = string.Join("; ", answer.Headers.GetValues("Set-Cookie").Select(cookie => cookie.Split(';')[0]));
            using var old = WithCookies(before, cookies);
            (await old.GetStringAsync("/", Stop)).ShouldContain("Ada Lovelace");
        }

        await using var after = await ConsoleUnderTest.StartAsync(Stop, people: true);
        using var replayed = WithCookies(after, cookies);
        (await replayed.GetStringAsync("/", Stop)).ShouldNotContain("Ada Lovelace");
        (await replayed.PostAsync("/messages/4107/retry", null, Stop)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task The_hash_that_stands_in_the_configuration_is_no_token()
    {
        await using var console = await ConsoleUnderTest.StartAsync(Stop, people: true);
        using var browser = console.Browser();
        (await LogInAsync(browser, Some.Ada(ConsoleUnderTest.AdasToken).Token!)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task The_session_cookie_is_for_this_site_and_for_no_script()
    {
        await using var console = await ConsoleUnderTest.StartAsync(Stop, o => o.Token = ConsoleUnderTest.Token);
        using var browser = console.Browser();
        var answer = await LogInAsync(browser, ConsoleUnderTest.Token);
        answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        var cookie = answer.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("opsbot-session", StringComparison.Ordinal));
        cookie.ShouldContain("samesite=strict", Case.Insensitive);
        cookie.ShouldContain("httponly", Case.Insensitive);
        cookie.ShouldNotContain(ConsoleUnderTest.Token);
    }

    [Fact]
    public async Task The_hash_of_the_token_serves_as_well_and_is_no_token_itself()
    {
        var hash = "sha256:" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("a-token-of-some-length"u8));
        await using var console = await ConsoleUnderTest.StartAsync(Stop, o => o.Token = hash);
        using var browser = console.Browser();
        (await LogInAsync(browser, hash)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await LogInAsync(browser, ConsoleUnderTest.Token)).StatusCode.ShouldBe(HttpStatusCode.SeeOther);
    }

    [Fact]
    public async Task After_five_wrong_tokens_even_the_right_one_waits_a_minute()
    {
        await using var console = await ConsoleUnderTest.StartAsync(Stop, o => o.Token = ConsoleUnderTest.Token);
        using var browser = console.Browser();
        for (var i = 0; i < LoginThrottle.PerAddress; i++)
        {
            (await LogInAsync(browser, "wrong")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        }

        var refused = await LogInAsync(browser, ConsoleUnderTest.Token);
        refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        refused.Headers.RetryAfter!.Delta.ShouldBe(LoginThrottle.Window);
        console.Clock.Now += LoginThrottle.Window;
        (await LogInAsync(browser, ConsoleUnderTest.Token)).StatusCode.ShouldBe(HttpStatusCode.SeeOther);
    }

    [Fact]
    public async Task Behind_a_trusted_proxy_a_stranger_s_wrong_tokens_keep_nobody_else_out()
    {
        await using var console = await ConsoleUnderTest.StartAsync(Stop, o => (o.Token, o.TrustedProxies) = (ConsoleUnderTest.Token, ["127.0.0.1"]));
        using var stranger = console.Browser();
        stranger.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.9");
        for (var i = 0; i <= LoginThrottle.PerAddress; i++)
        {
            await LogInAsync(stranger, "wrong");
        }

        (await LogInAsync(stranger, ConsoleUnderTest.Token)).StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        using var other = console.Browser();
        other.DefaultRequestHeaders.Add("X-Forwarded-For", "198.51.100.7");
        (await LogInAsync(other, ConsoleUnderTest.Token)).StatusCode.ShouldBe(HttpStatusCode.SeeOther);
    }

    [Theory]
    [InlineData("/incidents/INC-12?x=1", "/incidents/INC-12?x=1")]
    [InlineData("//evil.example", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("https://evil.example", "/")]
    [InlineData("/a\r\nSet-Cookie: x=y", "/")]
    [InlineData(null, "/")]
    public void A_login_leads_to_a_page_of_ours(string? next, string path) =>
        OpsBot.Host.WebConsole.Endpoints.LoginEndpoints.Local(next).ShouldBe(path);

    [Fact]
    public async Task A_body_that_is_too_large_is_refused()
    {
        await using var console = await ConsoleUnderTest.StartAsync(Stop, o => o.Token = ConsoleUnderTest.Token);
        using var browser = console.Browser();
        var answer = await browser.PostAsync("/login", new FormUrlEncodedContent([new("token", new string('x', 100_000))]), Stop);
        answer.StatusCode.ShouldBeOneOf(HttpStatusCode.RequestEntityTooLarge, HttpStatusCode.BadRequest);
    }

    private static HttpClient WithCookies(ConsoleUnderTest console, string cookies)
    {
        var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = console.Address };
        browser.DefaultRequestHeaders.Add("Sec-Fetch-Site", "same-origin");
        browser.DefaultRequestHeaders.Add("Origin", console.Address.GetLeftPart(UriPartial.Authority));
        browser.DefaultRequestHeaders.Add("Cookie", cookies);
        return browser;
    }

    private static async Task<HttpClient> LoggedInAsync(ConsoleUnderTest console)
    {
        var browser = console.Browser();
        (await LogInAsync(browser, ConsoleUnderTest.AdasToken)).StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        return browser;
    }

    private static async Task<HttpResponseMessage> LogInAsync(HttpClient browser, string token)
    {
        var page = await browser.GetStringAsync("/login", Stop);
        return await browser.PostAsync("/login", new FormUrlEncodedContent([FieldOf(page), new("token", token), new("next", "/messages")]), Stop);
    }

    private static async Task<FormUrlEncodedContent> RetryFormAsync(HttpClient browser) =>
        new([FieldOf(await browser.GetStringAsync("/messages", Stop))]);

    private static KeyValuePair<string, string> FieldOf(string page)
    {
        var field = Regex.Match(page, "<input type=\"hidden\" name=\"(__RequestVerificationToken)\" value=\"([^\"]+)\"");
        field.Success.ShouldBeTrue(page);
        return new(field.Groups[1].Value, WebUtility.HtmlDecode(field.Groups[2].Value));
    }
}
