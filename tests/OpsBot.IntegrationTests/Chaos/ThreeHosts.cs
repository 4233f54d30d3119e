using OpsBot.IntegrationTests.Crash;
using OpsBot.IntegrationTests.Support;
using OpsBot.RealServers;

namespace OpsBot.IntegrationTests.Chaos;

/// <summary>Three hosts on one store and one broker, and what befalls them.</summary>
internal sealed class ThreeHosts(SharedServers servers, RetryingSender sender, string sections) : IAsyncDisposable
{
    /// <summary>Of the rows that a host holds.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(5);

    private readonly DataFolder[] _folders = [new(), new(), new()];
    private readonly OpsBotProcess?[] _hosts = new OpsBotProcess?[3];

    /// <summary>The configuration, at one path for all hosts: what was approved says which program in which place.</summary>
    public string Config => field ??= _folders[0].Write("opsbot.yaml", $"{sections}\n{servers.Sections}\n");

    /// <summary>All three listen, and the sender knows where.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        for (var host = 0; host < _hosts.Length; host++)
        {
            await StartAsync(host, cancellationToken);
        }
    }

    public async Task SufferAsync(PlannedBlow blow, CancellationToken cancellationToken)
    {
        switch (blow.Blow)
        {
            case Blow.KillHost:
                await _hosts[blow.Host]!.DisposeAsync();
                _hosts[blow.Host] = null;
                await AimAsync();
                await StartAsync(blow.Host, cancellationToken);
                break;
            case Blow.PauseHost:
                // Whoever posts to it meanwhile gets no answer in time, and posts again elsewhere.
                await _hosts[blow.Host]!.SignalAsync("STOP", cancellationToken);
                await Task.Delay(2 * Lease, TimeProvider.System, cancellationToken);
                await _hosts[blow.Host]!.SignalAsync("CONT", cancellationToken);
                break;
            case Blow.RestartBroker:
                await servers.KillBrokerAsync(cancellationToken);
                await servers.StartBrokerAsync(cancellationToken);
                break;
            default:
                await servers.RestartPostgresAsync(cancellationToken);
                break;
        }
    }

    /// <summary>Asks each to end in order; what they said where one did not.</summary>
    public async Task<IReadOnlyList<string>> StopAsync(CancellationToken cancellationToken)
    {
        var wrong = new List<string>();
        foreach (var host in _hosts)
        {
            if (await host!.TerminateAsync(cancellationToken) is not 0 and var status)
            {
                wrong.Add($"exit {status}: {host.Errors[Math.Max(0, host.Errors.Length - 4000)..]}");
            }
        }

        return wrong;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            if (host is not null)
            {
                await host.DisposeAsync();
            }
        }

        foreach (var folder in _folders)
        {
            folder.Dispose();
        }
    }

    private async Task StartAsync(int host, CancellationToken cancellationToken)
    {
        _hosts[host] = await OpsBotProcess.ServeAsync(_folders[host], Config, cancellationToken);
        await AimAsync();
    }

    private async Task AimAsync()
    {
        var targets = new List<Uri>();
        foreach (var host in _hosts)
        {
            if (host is not null)
            {
                targets.Add(await host.Webhooks);
            }
        }

        sender.Targets = targets;
    }
}
