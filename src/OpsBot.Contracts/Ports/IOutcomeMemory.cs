using OpsBot.Contracts.Memory;

namespace OpsBot.Contracts.Ports;

/// <summary>Remembers what fixed earlier incidents, and what did not.</summary>
public interface IOutcomeMemory
{
    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<Outcome>> ListAsync(int limit, CancellationToken cancellationToken);

    /// <summary>Null where the incident has taught nothing: it does not exist, or was never resolved.</summary>
    Task<Outcome?> FindAsync(long incidentId, CancellationToken cancellationToken);

    /// <summary>What was run in earlier incidents that resemble this one: what worked in the most similar, newest one first; what did not work last.</summary>
    Task<IReadOnlyList<EarlierFix>> FixesForAsync(long incidentId, CancellationToken cancellationToken);
}
