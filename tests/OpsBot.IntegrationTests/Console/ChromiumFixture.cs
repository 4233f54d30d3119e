using Microsoft.Playwright;
using Xunit;

namespace OpsBot.IntegrationTests.Console;

/// <summary>Debian's Chromium, driven by Playwright. Nothing is downloaded.</summary>
public sealed class ChromiumFixture : IAsyncLifetime
{
    private const string Executable = "/usr/bin/chromium";

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(Executable)) return;
        Environment.SetEnvironmentVariable("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Executable,
            Headless = true,
            Args =
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync",
            ],
        });
    }

    /// <summary>The browser; the test is skipped, or fails where servers are required, without one.</summary>
    public IBrowser Browser()
    {
        if (_browser is not null) return _browser;
        const string Reason = $"{Executable} is missing; install Debian's chromium to test the console in a browser.";
        if (Environment.GetEnvironmentVariable("OPSBOT_REQUIRE_SERVERS") == "1") Assert.Fail(Reason);
        Assert.Skip(Reason);
        return null!;
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
    }
}
