using OpsBot.Storage.Engine;

namespace OpsBot.Host.Bus;

/// <summary>Keeps this host known to the others of its store while it serves.</summary>
internal sealed class StorePresence(IStorePresence presence) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.Run(() => presence.RunAsync(stoppingToken), stoppingToken);
}
