using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using OpsBot.IntegrationTests.Slack.Simulator;
using OpsBot.IntegrationTests.Support;

namespace OpsBot.IntegrationTests.Slack;

/// <summary>Slack's own clients from npm, exact versions by their lock file, installed once into <c>.cache</c> of the working copy.</summary>
internal sealed class SlackClients : IAsyncDisposable
{
    private readonly Process _node;
    private readonly Channel<JsonObject> _lines = Channel.CreateUnbounded<JsonObject>();
    private readonly Task _reading;

    private SlackClients(Process node)
    {
        _node = node;
        _reading = ReadAsync();
    }

    /// <summary>Starts <c>clients.mjs</c>; skips the test where there is no Node, or fails it where OPSBOT_REQUIRE_SERVERS asks for that.</summary>
    public static async Task<SlackClients> StartAsync(SlackSimulator simulator, CancellationToken cancellationToken, params string[] arguments)
    {
        var folder = await NpmFolder.InstalledAsync("Slack/Clients", cancellationToken);
        var info = new ProcessStartInfo("node") { WorkingDirectory = folder, RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in (string[])["clients.mjs", .. arguments])
            info.ArgumentList.Add(argument);
        info.Environment["SLACK_API_URL"] = simulator.ApiUrl.ToString();
        info.Environment["SLACK_BOT_TOKEN"] = SlackWorkspace.BotToken;
        info.Environment["SLACK_APP_TOKEN"] = SlackWorkspace.AppToken;
        info.Environment["SLACK_SIGNING_SECRET"] = SlackWorkspace.SigningSecret;
        return new SlackClients(Process.Start(info)!);
    }

    /// <summary>The next line that it prints.</summary>
    public async Task<JsonObject> NextAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        return await _lines.Reader.ReadAsync(limit.Token);
    }

    /// <summary>All that it prints until it ends.</summary>
    public async Task<IReadOnlyList<JsonObject>> AllAsync(CancellationToken cancellationToken) => await _lines.Reader.ReadAllAsync(cancellationToken).ToListAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (!_node.HasExited)
            _node.Kill();
        await _reading;
        _node.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _node.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith('{'))
                _lines.Writer.TryWrite(JsonNode.Parse(line)!.AsObject());
        }

        _lines.Writer.TryComplete();
    }
}
