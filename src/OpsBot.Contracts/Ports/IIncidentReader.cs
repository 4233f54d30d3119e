using OpsBot.Contracts.Incidents;

namespace OpsBot.Contracts.Ports;

/// <summary>Reads incidents for pages, cards, commands and diagnosis.</summary>
public interface IIncidentReader
{
    /// <summary>Newest first.</summary>
    /// <param name="status">Only these; empty for all.</param>
    Task<IReadOnlyList<Incident>> ListAsync(IReadOnlyCollection<IncidentStatus> status, int limit, int offset, CancellationToken cancellationToken);

    /// <summary>The incident with everything that is shown of it; null where there is none.</summary>
    Task<IncidentDetail?> FindAsync(long id, CancellationToken cancellationToken);
}
