using Microsoft.Playwright;
using OpsBot.IntegrationTests.Console;
using Xunit;

[assembly: AssemblyFixture(typeof(ChromiumFixture))]

namespace OpsBot.IntegrationTests.Console;

/// <summary>Debian's Chromium, driven by Playwright: started once, when the first test wants it. Nothing is downloaded.</summary>
public sealed class ChromiumFixture : IAsyncLifetime
{
    private const string Executable = "/usr/bin/chromium";

    private readonly Lazy<Task<IBrowser>> _browser;
    private IPlaywright? _playwright;

    public ChromiumFixture() => _browser = new Lazy<Task<IBrowser>>(LaunchAsync);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>The browser; the test is skipped, or fails where servers are required, without one.</summary>
    public Task<IBrowser> BrowserAsync()
    {
        const string Reason = $"{Executable} is missing; install Debian's chromium to test the console in a browser.";
        if (!File.Exists(Executable) && Environment.GetEnvironmentVariable("OPSBOT_REQUIRE_SERVERS") == "1") Assert.Fail(Reason);
        Assert.SkipUnless(File.Exists(Executable), Reason);
        return _browser.Value;
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
        {
            await (await _browser.Value).DisposeAsync();
        }

        _playwright?.Dispose();
    }

    private async Task<IBrowser> LaunchAsync()
    {
        Environment.SetEnvironmentVariable("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
        _playwright = await Playwright.CreateAsync();
        return await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
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
}
