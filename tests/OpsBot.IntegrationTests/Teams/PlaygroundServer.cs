using System.Globalization;
using Microsoft.Playwright;
using OpsBot.IntegrationTests.Support;

namespace OpsBot.IntegrationTests.Teams;

/// <summary>Microsoft's Agents Playground: Teams in a browser, with a connector of Microsoft's own making behind it.</summary>
internal sealed class PlaygroundServer : IAsyncDisposable
{
    /// <summary>Whom its pages speak for, as its own configuration says.</summary>
    public const string AlexInEntra = "00000000-0000-0000-0000-0000000000020";
    public const string Tenant = "00000000-0000-0000-0000-0000000000001";
    public const string Channel = "channel-announcements-id";

    private readonly ServerProcess _process;
    private readonly DataFolder _folder;
    private readonly int _port;

    private PlaygroundServer(ServerProcess process, DataFolder folder, int port) => (_process, _folder, _port) = (process, folder, port);

    public static string ServiceUrl(int port) => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/_connector");

    public string Printed => _process.Printed;

    /// <param name="bot">Where activities go.</param>
    /// <param name="port">Where its page and its connector are.</param>
    public static async Task<PlaygroundServer> StartAsync(Uri bot, int port, CancellationToken cancellationToken)
    {
        var clients = await NpmFolder.InstalledAsync("Teams/Clients", cancellationToken);
        var folder = new DataFolder();
        var process = ServerProcess.Start(
            "/usr/bin/env", "TEAMSAPPTESTER_BROWSER=none", $"M365_AGENTS_PLAYGROUND_LOGFILE={Path.Combine(folder.Path, "playground.log")}",
            "node", Path.Combine(clients, "node_modules", "@microsoft", "m365agentsplayground", "cli.js"), "--app-endpoint", bot.ToString(), "--channel-id", "msteams",
            "--port", port.ToString(CultureInfo.InvariantCulture), "--service-url", ServiceUrl(port), "--disable-telemetry");
        var server = new PlaygroundServer(process, folder, port);
        await process.ReadyAsync(server.Address, cancellationToken);
        return server;
    }

    /// <summary>Its page. Whatever it asks of the internet, a font, is refused.</summary>
    public async Task<IPage> OpenAsync(IBrowser browser)
    {
        var page = await browser.NewPageAsync(new BrowserNewPageOptions { ViewportSize = new ViewportSize { Width = 1400, Height = 1400 } });
        page.SetDefaultTimeout((float)OpsBotProgram.Patience.TotalMilliseconds);
        await page.RouteAsync(url => !url.StartsWith(Address.ToString(), StringComparison.Ordinal), route => route.AbortAsync());
        // its page is 5 MB of script
        await page.GotoAsync(Address.ToString(), new PageGotoOptions { WaitUntil = WaitUntilState.DOMContentLoaded });
        // what is clicked before it is connected is lost
        await page.GetByText("Connected.").First.WaitForAsync();
        return page;
    }

    /// <summary>Goes to the channel that incidents are routed to.</summary>
    public static async Task EnterChannelAsync(IPage page)
    {
        await page.GetByText("Announcements").First.ClickAsync();
        await page.GetByText("Start a new post").WaitForAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private Uri Address => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}/"));
}
