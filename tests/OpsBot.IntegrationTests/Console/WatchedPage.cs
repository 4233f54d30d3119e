using Microsoft.Playwright;
using OpsBot.Tests.Support;
using Shouldly;

namespace OpsBot.IntegrationTests.Console;

/// <summary>A page that remembers every error and every request that leaves the console.</summary>
internal sealed class WatchedPage : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly List<string> _problems = [];

    private WatchedPage(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
    }

    public IPage Page { get; }

    public static Task<WatchedPage> OpenAsync(
        IBrowser browser, ConsoleUnderTest console, string path, Action<BrowserNewContextOptions>? configure = null) =>
        OpenAsync(browser, console.Address, path, configure);

    public static async Task<WatchedPage> OpenAsync(
        IBrowser browser, Uri console, string path, Action<BrowserNewContextOptions>? configure = null)
    {
        var options = new BrowserNewContextOptions
        {
            BaseURL = console.ToString(),
            ViewportSize = new ViewportSize { Width = 1280, Height = 900 },
            ColorScheme = ColorScheme.Light,
            ReducedMotion = ReducedMotion.Reduce,
        };
        configure?.Invoke(options);
        var context = await browser.NewContextAsync(options);
        context.SetDefaultTimeout(20_000);
        var page = await context.NewPageAsync();
        var watched = new WatchedPage(context, page);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning") watched._problems.Add($"{message.Type}: {message.Text}");
        };
        page.PageError += (_, error) => watched._problems.Add($"exception: {error}");
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(console.ToString(), StringComparison.Ordinal)) watched._problems.Add($"request to {request.Url}");
        };
        await page.GotoAsync(path);
        return watched;
    }

    /// <summary>Presses Tab until the element has the focus; every stop on the way must show that it has it.</summary>
    public async Task TabToAsync(string selector, int most = 60)
    {
        for (var i = 0; i < most; i++)
        {
            await Page.Keyboard.PressAsync("Tab");
            var outline = await Page.EvaluateAsync<string>("() => getComputedStyle(document.activeElement).outlineStyle");
            outline.ShouldNotBe("none", await Page.EvaluateAsync<string>("() => document.activeElement.outerHTML.slice(0, 200)"));
            if (await Page.EvaluateAsync<bool>("s => document.activeElement.matches(s)", selector)) return;
        }

        throw new ShouldAssertException($"{selector} was not reached within {most} presses of Tab.");
    }

    public async Task<string[]> AuditAsync()
    {
        using var script = new StreamReader(typeof(WatchedPage).Assembly.GetManifestResourceStream("page-audit.js")!);
        return await Page.EvaluateAsync<string[]>(await script.ReadToEndAsync());
    }

    public void ShouldBeQuiet() => _problems.ShouldBeEmpty();

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
