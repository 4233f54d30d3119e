namespace OpsBot.Contracts.Ports;

/// <summary>Tells pages and terminals of this process that something changed, after commit. A hint only: the store is the truth.</summary>
public interface ILiveUpdates
{
    void IncidentChanged(long incidentId);

    /// <summary>Ids of incidents as they change, from now on. A slow reader misses ids rather than holding anybody up.</summary>
    IAsyncEnumerable<long> ReadAsync(CancellationToken cancellationToken);
}
