using OpsBot.Contracts.Watches;

namespace OpsBot.Contracts.Ports;

/// <summary>Watches, for pages, commands and cards.</summary>
public interface IWatchReader
{
    /// <param name="status">Empty for all.</param>
    /// <returns>Newest first.</returns>
    Task<IReadOnlyList<Watch>> ListAsync(IReadOnlyCollection<WatchStatus> status, int limit, CancellationToken cancellationToken);

    Task<Watch?> FindAsync(long id, CancellationToken cancellationToken);

    /// <summary>What it found, the newest first.</summary>
    Task<IReadOnlyList<WatchFinding>> FindingsAsync(long id, int limit, CancellationToken cancellationToken);

    /// <summary>A number that is another one whenever a watch has ticked or was changed.</summary>
    Task<long> VersionAsync(CancellationToken cancellationToken);

    /// <summary>The incident that is about a watch: the one it was asked for in, else the newest that its alert opened.</summary>
    Task<long?> IncidentOfAsync(long id, CancellationToken cancellationToken);
}
