using System.Text.RegularExpressions;
using Microsoft.Playwright;
using OpsBot.IntegrationTests.Demo;
using OpsBot.IntegrationTests.Support;
using Shouldly;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace OpsBot.IntegrationTests.Console;

/// <summary>Approving in a browser, against the whole program: what is clicked really runs.</summary>
[Collection(DemoTests.Hard)]
public sealed partial class ApprovalInBrowserTests(ChromiumFixture chromium, ITestOutputHelper output)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_proposal_is_approved_from_the_keyboard_runs_once_and_is_verified()
    {
        LongRun.Require();
        var browser = await chromium.BrowserAsync();
        using var folder = new DataFolder();
        await using var demo = DemoProcess.Start(folder);
        var (console, token) = await demo.AskedAsync(Stop);
        await using var page = await LogInAsync(browser, console, token);
        await using var stale = await LogInAsync(browser, console, token, o => o.JavaScriptEnabled = false);

        await PictureAsync(page, "demo-proposal");
        // two clicks of one person before the page could change
        await page.TabToAsync("#approve-1-1", most: 120);
        await page.Page.EvaluateAsync(
            "() => { const f = document.getElementById('approve-1-1').form; fetch(f.action, { method: 'POST', body: new URLSearchParams(new FormData(f)), redirect: 'manual' }); }");
        await page.Page.Locator("#approve-1-1").PressAsync("Enter");

        await Expect(page.Page.Locator("p.notice[role=status]")).ToBeVisibleAsync();
        await Expect(page.Page.Locator(".proposal .run-verified")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await Expect(page.Page.Locator(".proposal .prop-done")).ToBeVisibleAsync();
        await PictureAsync(page, "demo-done");
        page.ShouldBeQuiet();

        // a tab that still shows the button
        await stale.Page.Locator("#approve-1-1").ClickAsync();
        await Expect(stale.Page.Locator("p.notice[role=status]")).ToContainTextAsync(new Regex("already|over|done"));

        await page.Page.GotoAsync("/actions");
        await Expect(page.Page.Locator("[aria-labelledby=past] .run")).ToHaveCountAsync(1);
        await demo.PrintedAsync(Remembered(), Stop);
        output.WriteLine(demo.Printed);
        demo.Printed.ShouldContain("The toy deployment serves v2.13.2; 0 %");
    }

    [Fact]
    public async Task Without_javascript_a_proposal_is_refused_with_a_reason_and_nothing_runs()
    {
        LongRun.Require();
        var browser = await chromium.BrowserAsync();
        using var folder = new DataFolder();
        await using var demo = DemoProcess.Start(folder);
        var (console, token) = await demo.AskedAsync(Stop);
        await using var page = await LogInAsync(browser, console, token, o => o.JavaScriptEnabled = false);

        await page.Page.FillAsync("#reason-1-1", "The fix is on its way");
        await page.Page.Locator("#reason-1-1").PressAsync("Enter");

        await Expect(page.Page.Locator("p.notice[role=status]")).ToContainTextAsync("PROP-1 is refused");
        await Expect(page.Page.Locator(".proposal .prop-refused")).ToBeVisibleAsync();
        await Expect(page.Page.Locator(".proposal")).ToContainTextAsync("The fix is on its way");
        await page.Page.GotoAsync("/audit?subject=PROP-1");
        await Expect(page.Page.Locator("table.list tbody tr").First).ToContainTextAsync("refused");
        await page.Page.GotoAsync("/audit?verify=1");
        await Expect(page.Page.Locator("p.notice[role=status]")).ToContainTextAsync("The chain is whole");
        await page.Page.GotoAsync("/actions");
        await Expect(page.Page.Locator("[aria-labelledby=past] .run")).ToHaveCountAsync(0);
        page.ShouldBeQuiet();
    }

    private static async Task<WatchedPage> LogInAsync(
        IBrowser browser, Uri console, string token, Action<BrowserNewContextOptions>? configure = null)
    {
        var page = await WatchedPage.OpenAsync(browser, console, "/incidents/INC-1", configure);
        await page.Page.Locator("[id^=login-1-]").ClickAsync();
        await page.Page.FillAsync("#token", token);
        await page.Page.Locator("#token").PressAsync("Enter");
        await Expect(page.Page.Locator("#approve-1-1")).ToBeVisibleAsync();
        return page;
    }

    /// <summary>For the README, where OPSBOT_CONSOLE_SHOTS names a folder.</summary>
    private static async Task PictureAsync(WatchedPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("OPSBOT_CONSOLE_SHOTS") is { Length: > 0 } folder)
        {
            await page.Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"{name}.png"), FullPage = true });
        }
    }

    [GeneratedRegex("Remembered of INC-1")]
    private static partial Regex Remembered();
}
