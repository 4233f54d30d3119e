namespace OpsBot.Storage.Engine;

/// <summary>What a host does to be known to the others of its store, for as long as it serves.</summary>
public interface IStorePresence
{
    /// <summary>Ends when it is told to, and not before.</summary>
    Task RunAsync(CancellationToken stoppingToken);
}

/// <summary>Where there is one host nobody needs to know.</summary>
internal sealed class AloneOnTheStore : IStorePresence
{
    public Task RunAsync(CancellationToken stoppingToken) => Task.CompletedTask;
}
