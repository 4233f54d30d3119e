namespace OpsBot.Contracts.Ports;

/// <summary>How much of what lies in the store, for monitoring: counts that stop at a bound, so that asking costs little however much there is.</summary>
public interface IStoreFigures
{
    /// <summary>No count goes beyond this.</summary>
    const int Most = 10_000;

    /// <param name="kinds">The kinds of messages to tell apart.</param>
    Task<StoreFigures> ReadAsync(IReadOnlyCollection<string> kinds, CancellationToken cancellationToken);
}

/// <param name="Leased">Messages on the bus or in somebody's hands.</param>
/// <param name="Dead">Messages that were given up.</param>
/// <param name="RunsUnknown">Runs of which only a person can tell whether they were done.</param>
public sealed record StoreFigures(
    IReadOnlyList<KindBacklog> Backlog, long Leased, long Dead, long Quarantined, long OpenIncidents, long AcknowledgedIncidents, long ProposalsWaiting, long RunsUnknown);

/// <summary>Messages of a kind that are due and in nobody's hands.</summary>
/// <param name="OldestDue">When the oldest was due; null where none is.</param>
public sealed record KindBacklog(string Kind, long Rows, DateTimeOffset? OldestDue);
