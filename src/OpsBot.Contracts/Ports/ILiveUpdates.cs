namespace OpsBot.Contracts.Ports;

/// <summary>Tells pages and terminals that something changed, after commit: those of this process, and of other hosts of a shared store. A hint only: the store is the truth.</summary>
public interface ILiveUpdates
{
    void IncidentChanged(long incidentId);

    /// <summary>Ids of incidents as they change, from now on. A slow reader misses ids rather than holding anybody up; it ends where other hosts could not be heard for a while.</summary>
    IAsyncEnumerable<long> ReadAsync(CancellationToken cancellationToken);
}
