using System.Text.RegularExpressions;
using Microsoft.Playwright;
using OpsBot.Contracts.Incidents;
using OpsBot.Tests.Support;
using Xunit;

namespace OpsBot.IntegrationTests.Console;

/// <summary>Pictures of the pages with sample incidents, for looking at: OPSBOT_CONSOLE_SHOTS names the folder.</summary>
public sealed class ConsoleScreenshots(ChromiumFixture chromium)
{
    [Theory]
    [InlineData("light", 1280)]
    [InlineData("dark", 1280)]
    [InlineData("light", 390)]
    [InlineData("dark", 390)]
    public async Task Pictures_are_taken_where_asked_for(string scheme, int width)
    {
        var folder = Environment.GetEnvironmentVariable("OPSBOT_CONSOLE_SHOTS");
        if (string.IsNullOrEmpty(folder)) Assert.Skip("OPSBOT_CONSOLE_SHOTS does not name a folder for pictures of the console.");
        Directory.CreateDirectory(folder);
        var store = FakeStore.WithANight();
        store.Incidents.AddRange([Some.HostileThread(), Other(Some.AbstainedThread(), 13), Other(Some.ReopenedThread(), 14), Other(Some.ProposedThread(), 15)]);
        await using var console = await ConsoleUnderTest.StartAsync(
            TestContext.Current.CancellationToken, store: store, people: true);
        await using var page = await WatchedPage.OpenAsync(await chromium.BrowserAsync(), console, "/login", o =>
        {
            o.ColorScheme = scheme == "dark" ? ColorScheme.Dark : ColorScheme.Light;
            o.ViewportSize = new ViewportSize { Width = width, Height = 844 };
            o.DeviceScaleFactor = width < 500 ? 2 : 1;
        });
        console.Actions.AddANight();
        await ShootAsync("login");
        await page.Page.FillAsync("#token", ConsoleUnderTest.AdasToken);
        await page.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Page).Not.ToHaveURLAsync(new Regex("/login"));
        foreach (var (name, path) in new[]
        {
            ("list", "/?status=all"), ("thread", "/incidents/INC-12"), ("storm", "/incidents/INC-31"), ("abstained", "/incidents/INC-13"),
            ("hostile", "/incidents/INC-66"), ("proposed", "/incidents/INC-15"), ("actions", "/actions"), ("mutes", "/mutes"), ("audit", "/audit"), ("messages", "/messages"), ("missing", "/incidents/INC-999"),
        })
        {
            await page.Page.GotoAsync(path);
            if (name != "missing") await Assertions.Expect(page.Page.Locator("#live")).ToHaveTextAsync("Live");
            await ShootAsync(name);
        }

        await page.Page.GotoAsync("/incidents/INC-15");
        console.Actions.Answer = "Likeliest (82 %, as of 2026-03-01 09:04 UTC): deploy of payments 4.12.0\n- E1 (first-hand; increase(http_errors[5m])): 0.2 % before, 31 % after\n- E4 (untrusted; logs of payments): FATAL pool exhausted <b>at</b> https://payments.example.org/a-very-long-path-that-nobody-breaks/and-goes-on-and-on-and-on\nOne incident, because:\n- Checkout p99 latency above 2 s (pagerduty): opened it";
        await page.Page.FillAsync("#say", "why");
        await page.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Page.Locator("p.answer")).ToBeVisibleAsync();
        await ShootAsync("answered");

        Task ShootAsync(string name) => page.Page.ScreenshotAsync(
            new PageScreenshotOptions { Path = Path.Combine(folder, $"{name}-{scheme}-{width}.png"), FullPage = true });
    }

    private static IncidentDetail Other(IncidentDetail detail, long id) => detail with { Incident = detail.Incident with { Id = id } };
}
