using OpsBot.IntegrationTests.Support;
using OpsBot.RealServers;

namespace OpsBot.IntegrationTests.Hosts;

/// <summary>Hosts of one role each on one store and one broker, with what they count.</summary>
internal sealed class RoleHosts(SharedServers servers) : IAsyncDisposable
{
    private readonly List<(DataFolder Folder, OpsBotProcess Process)> _started = [];
    private readonly HttpClient _http = new();

    /// <param name="messages">Keys of <c>messages</c> besides the lease.</param>
    public async Task<OpsBotProcess> StartAsync(string role, string messages, CancellationToken cancellationToken)
    {
        var folder = new DataFolder();
        var config = folder.Write("opsbot.yaml", $$"""
            serve: { roles: [ {{role}} ] }
            {{AlertSender.Senders}}
            {{servers.Sections}}
            messages: { lease: 5s, backoff: 100ms{{messages}} }
            incidents: { maxDiagnoses: 1, diagnoseAfter: 100ms }
            telemetry: { metrics: { urls: "http://127.0.0.1:0" } }
            """);
        var process = await OpsBotProcess.ServeAsync(folder, config, host => Listening(host, role), cancellationToken);
        _started.Add((folder, process));
        return process;
    }

    /// <summary>Whether this host has handled rows of a kind, as its metrics tell.</summary>
    public async Task<bool> HasHandledAsync(OpsBotProcess host, string kind, CancellationToken cancellationToken)
    {
        var metrics = new Uri(host.Errors.Split('\n').Single(line => line.Contains("Metrics on http", StringComparison.Ordinal)).Split("Metrics on ")[1].Trim());
        var page = await _http.GetStringAsync(new Uri(metrics, "/metrics"), cancellationToken);
        return page.Contains($"opsbot_handling_seconds_count{{kind=\"{kind}\",outcome=\"handled\"}}", StringComparison.Ordinal);
    }

    /// <summary>A page of a console, as anybody on this machine reads it.</summary>
    public Task<string> PageAsync(Uri console, string path, CancellationToken cancellationToken) => _http.GetStringAsync(new Uri(console, path), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        foreach (var (folder, process) in _started)
        {
            await process.DisposeAsync();
            folder.Dispose();
        }

        _http.Dispose();
    }

    private static Task Listening(OpsBotProcess host, string role) => role switch
    {
        _ when role.StartsWith("ingress", StringComparison.Ordinal) => host.Webhooks,
        "chat" => Task.WhenAll(host.Health, host.Console),
        _ => host.Health,
    };
}
