using Microsoft.Playwright;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Threads;
using OpsBot.Tests.Support;
using Shouldly;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace OpsBot.IntegrationTests.Console;

public sealed class ConsoleInBrowserTests(ChromiumFixture chromium)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 360)]
    public async Task Every_page_is_labelled_readable_and_as_wide_as_its_window(ColorScheme scheme, int width)
    {
        var browser = await chromium.BrowserAsync();
        var store = FakeStore.WithANight();
        store.Incidents.AddRange([Some.HostileThread(), At(Some.AbstainedThread(), 13), At(Some.ReopenedThread(), 14), At(Some.ProposedThread(), 15)]);
        await using var console = await ConsoleUnderTest.StartAsync(Stop, o => o.Token = ConsoleUnderTest.Token, store, people: true);
        await using var page = await WatchedPage.OpenAsync(browser, console, "/", o =>
        {
            o.ColorScheme = scheme;
            o.ViewportSize = new ViewportSize { Width = width, Height = 800 };
        });
        console.Actions.AddANight();
        await AuditAsync(
            "/", "/?status=all", "/incidents/INC-12", "/incidents/INC-31", "/incidents/INC-66", "/incidents/INC-13", "/incidents/INC-14",
            "/incidents/INC-15", "/actions", "/mutes", "/audit", "/messages", "/login");

        // with the buttons of whoever may press them
        await page.Page.FillAsync("#token", ConsoleUnderTest.AdasToken);
        await page.Page.Keyboard.PressAsync("Enter");
        await ShouldHaveComeToAsync(page, "/");
        await AuditAsync("/incidents/INC-15", "/actions", "/mutes");
        page.ShouldBeQuiet();

        async Task AuditAsync(params string[] paths)
        {
            foreach (var path in paths)
            {
                await page.Page.GotoAsync(path);
                await page.Page.EvaluateAsync("() => document.querySelectorAll('details').forEach(d => d.open = true)");
                (await page.AuditAsync()).ShouldBeEmpty($"{path} {scheme} {width}");
            }
        }
    }

    [Fact]
    public async Task The_list_takes_over_a_change_without_reloading()
    {
        var browser = await chromium.BrowserAsync();
        await using var console = await ConsoleUnderTest.StartAsync(Stop);
        await using var page = await OpenLiveAsync(browser, console, "/");
        await Expect(page.Page.Locator("#INC-12")).ToBeVisibleAsync();

        console.Store.Incidents[0] = Some.AcknowledgedThread();
        console.Store.Incidents.Add(At(Some.OpenedThread(), 40));
        console.Live.IncidentChanged(12);

        await Expect(page.Page.Locator("tr:has(#INC-12) .state-acknowledged")).ToBeVisibleAsync();
        await Expect(page.Page.Locator("#INC-40")).ToBeVisibleAsync();
        await ShouldNotHaveReloadedAsync(page);
    }

    [Fact]
    public async Task A_thread_takes_over_a_change_and_keeps_focus_scroll_and_open_details()
    {
        var browser = await chromium.BrowserAsync();
        await using var console = await ConsoleUnderTest.StartAsync(Stop);
        await using var page = await OpenLiveAsync(browser, console, "/incidents/INC-12");
        var last = page.Page.Locator("#e-e5 > summary");
        await last.ClickAsync();
        await page.Page.Locator("#e-e1 > summary").ClickAsync();
        await last.FocusAsync();
        var scrolled = await page.Page.EvaluateAsync<double>("() => { window.scrollTo(0, 300); return window.scrollY; }");

        var detail = Some.AcknowledgedThread();
        console.Store.Incidents[0] = detail with { Replies = [.. detail.Replies, new ThreadReply("n", Some.Night, "state", "Severity is now critical.")] };
        console.Live.IncidentChanged(31);
        console.Live.IncidentChanged(12);

        await Expect(page.Page.GetByText("Severity is now critical.")).ToBeVisibleAsync();
        (await page.Page.EvaluateAsync<bool>("() => document.querySelector('#e-e5').open && !document.querySelector('#e-e1').open")).ShouldBeTrue();
        (await page.Page.EvaluateAsync<bool>("() => document.activeElement.matches('#e-e5 > summary')")).ShouldBeTrue();
        (await page.Page.EvaluateAsync<double>("() => window.scrollY")).ShouldBe(scrolled);
        await ShouldNotHaveReloadedAsync(page);
    }

    [Fact]
    public async Task The_way_from_the_list_into_the_evidence_needs_no_mouse()
    {
        var browser = await chromium.BrowserAsync();
        await using var console = await ConsoleUnderTest.StartAsync(Stop);
        await using var page = await WatchedPage.OpenAsync(browser, console, "/");
        await Expect(page.Page.Locator("#live")).ToHaveTextAsync("Live");
        await page.TabToAsync(".skip", most: 1);
        await page.Page.Keyboard.PressAsync("Enter");
        (await page.Page.EvaluateAsync<string>("() => document.activeElement.id")).ShouldBe("main");
        await page.TabToAsync("#INC-12");
        await page.Page.Keyboard.PressAsync("Enter");
        await ShouldHaveComeToAsync(page, "/incidents/INC-12");
        await page.TabToAsync("a.cite[href='#e-e4']");
        await page.Page.Keyboard.PressAsync("Enter");
        await Expect(page.Page.Locator("#e-e4 pre")).ToBeVisibleAsync();
        await Expect(page.Page.Locator("#e-e4 > summary")).ToBeFocusedAsync();
        await page.Page.Keyboard.PressAsync("Enter");
        await Expect(page.Page.Locator("#e-e4 pre")).ToBeHiddenAsync();
        page.ShouldBeQuiet();
    }

    [Fact]
    public async Task The_list_is_walked_with_the_keyboard_while_it_changes_all_the_time()
    {
        var browser = await chromium.BrowserAsync();
        await using var console = await ConsoleUnderTest.StartAsync(Stop);
        await using var page = await OpenLiveAsync(browser, console, "/");
        await page.Page.EvaluateAsync(
            """
            () => {
              window.changes = 0;
              new MutationObserver(() => window.changes++).observe(
                document.getElementById('main'), { subtree: true, childList: true, characterData: true, attributes: true });
            }
            """);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var changing = ChangeAllTheTimeAsync(console, enough.Token);
        try
        {
            await page.TabToAsync("#INC-12");
            await page.Page.EvaluateAsync("() => { window.stop = document.activeElement; }");
            // several updates pass by, rows come and go above and below, and the reader stays on the same link
            await page.Page.WaitForFunctionAsync("n => window.changes >= n", await page.Page.EvaluateAsync<int>("() => window.changes") + 3);
            (await page.Page.EvaluateAsync<bool>("() => document.activeElement === window.stop && window.stop.isConnected")).ShouldBeTrue();
            await page.TabToAsync("#INC-28", most: 12);
            await page.Page.Keyboard.PressAsync("Shift+Tab");
            await page.TabToAsync("#INC-28", most: 4);
            await page.Page.Keyboard.PressAsync("Enter");
            await ShouldHaveComeToAsync(page, "/incidents/INC-28");
        }
        finally
        {
            await enough.CancelAsync();
            await changing;
        }

        page.ShouldBeQuiet();
    }

    [Fact]
    public async Task What_the_reader_selected_and_unfolded_survives_a_change_around_it()
    {
        var browser = await chromium.BrowserAsync();
        await using var console = await ConsoleUnderTest.StartAsync(Stop);
        await using var page = await OpenLiveAsync(browser, console, "/messages");
        await page.Page.Locator("#m-4031 > summary").ClickAsync();
        await page.Page.EvaluateAsync(
            "() => { const t = document.querySelector('#m-4031 pre').firstChild; window.pre = t; getSelection().setBaseAndExtent(t, 2, t, 8); }");

        console.Store.Dead.RemoveAll(m => m.Id == 4107);
        await Expect(page.Page.Locator("#m-4107")).ToHaveCountAsync(0);

        (await page.Page.EvaluateAsync<string>("() => String(getSelection())")).ShouldBe("source");
        (await page.Page.EvaluateAsync<bool>("() => document.querySelector('#m-4031').open && window.pre.isConnected")).ShouldBeTrue();
        await ShouldNotHaveReloadedAsync(page);
    }

    [Fact]
    public async Task The_messages_page_takes_over_a_change_of_which_nothing_tells()
    {
        var browser = await chromium.BrowserAsync();
        await using var console = await ConsoleUnderTest.StartAsync(Stop);
        await using var page = await OpenLiveAsync(browser, console, "/messages");

        console.Store.Dead.Insert(0, console.Store.Dead[0] with { Id = 4200, Error = "It died just now." });

        await Expect(page.Page.GetByText("It died just now.")).ToBeVisibleAsync();
        await Expect(page.Page.Locator("#dead .count")).ToHaveTextAsync("3");
        await ShouldNotHaveReloadedAsync(page);
    }

    private static async Task ChangeAllTheTimeAsync(ConsoleUnderTest console, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        var first = console.Store.Incidents.ToList();
        try
        {
            for (var n = 0L; await timer.WaitForNextTickAsync(stop); n++)
            {
                // another one on top, two that come and go, and every age another one
                console.Clock.Now += TimeSpan.FromMinutes(1);
                var others = first.Where(d => d.Incident.Id is not 31 || n % 2 == 0);
                console.Store.Replace([At(Some.OpenedThread(), 100 + n), .. others.Where(d => n % 3 > 0 || d.Incident.Id != 29)]);
                console.Live.IncidentChanged(12);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    [Fact]
    public async Task Without_javascript_everything_can_be_read()
    {
        var browser = await chromium.BrowserAsync();
        await using var console = await ConsoleUnderTest.StartAsync(Stop);
        await using var page = await WatchedPage.OpenAsync(browser, console, "/", o => o.JavaScriptEnabled = false);
        await page.Page.Locator("#INC-12").ClickAsync();
        await Expect(page.Page.Locator("h1")).ToHaveTextAsync("Checkout p99 latency above 2 s");
        await Expect(page.Page.Locator("#e-e2 svg[role=img]")).ToBeVisibleAsync();
        await page.Page.Locator("#e-e4 > summary").ClickAsync();
        await Expect(page.Page.Locator("#e-e4 pre")).ToContainTextAsync("31 of 31 slow traces");
        console.Store.Incidents[0] = Some.ResolvedThread();
        await page.Page.Locator("#reload").ClickAsync();
        await Expect(page.Page.Locator(".head .state-resolved")).ToBeVisibleAsync();
        page.ShouldBeQuiet();
    }

    [Fact]
    public async Task A_dead_message_is_retried_from_the_keyboard_after_logging_in()
    {
        var browser = await chromium.BrowserAsync();
        await using var console = await ConsoleUnderTest.StartAsync(Stop, people: true);
        await using var page = await WatchedPage.OpenAsync(browser, console, "/messages");
        await page.TabToAsync("#retry-4107");
        await page.Page.Keyboard.PressAsync("Enter");
        await ShouldHaveComeToAsync(page, "/login?next=/messages");
        await page.Page.Keyboard.TypeAsync(ConsoleUnderTest.AdasToken);
        await page.Page.Keyboard.PressAsync("Enter");
        await ShouldHaveComeToAsync(page, "/messages");
        await page.TabToAsync("#retry-4107");
        await page.Page.Keyboard.PressAsync("Enter");
        await Expect(page.Page.GetByText("Message 4107 is due again.")).ToBeVisibleAsync();
        console.Store.Retried.ShouldBe([4107]);
        await Expect(page.Page.Locator("#retry-4107")).ToHaveCountAsync(0);
        page.ShouldBeQuiet();
    }

    private static async Task<WatchedPage> OpenLiveAsync(IBrowser browser, ConsoleUnderTest console, string path)
    {
        var page = await WatchedPage.OpenAsync(browser, console, path);
        await Expect(page.Page.Locator("#live")).ToHaveTextAsync("Live");
        await page.Page.EvaluateAsync("() => { window.sameDocument = true; }");
        return page;
    }

    /// <summary>
    /// Asks the browser again and again. <c>WaitForURLAsync</c> looks once and then listens, and on a busy machine misses the navigation that
    /// comes between: it looked as if the key press before it had been lost.
    /// </summary>
    private static async Task ShouldHaveComeToAsync(WatchedPage page, string path)
    {
        await Expect(page.Page).ToHaveURLAsync(new Uri(new Uri(page.Page.Url), path).ToString(), new() { Timeout = 20_000 });
        await page.Page.WaitForLoadStateAsync(LoadState.DOMContentLoaded);
    }

    private static async Task ShouldNotHaveReloadedAsync(WatchedPage page)
    {
        (await page.Page.EvaluateAsync<bool>("() => window.sameDocument === true")).ShouldBeTrue();
        page.ShouldBeQuiet();
    }

    private static IncidentDetail At(IncidentDetail detail, long id) => detail with { Incident = detail.Incident with { Id = id } };
}
