namespace OpsBot.Contracts.Ports;

/// <summary>What a list of incidents shows beside the incidents themselves, read for a whole page at once.</summary>
public interface IIncidentOverview
{
    Task<IncidentCounts> CountAsync(CancellationToken cancellationToken);

    /// <summary>The newest diagnosis of each of these incidents, in short; an incident without one is absent.</summary>
    Task<IReadOnlyDictionary<long, DiagnosisBrief>> LatestDiagnosesAsync(
        IReadOnlyCollection<long> incidentIds, CancellationToken cancellationToken);
}

/// <summary>Number of incidents by status, each counted to one beyond <see cref="CountedTo"/>: a page costs the same however many there are.</summary>
public sealed record IncidentCounts(long Open, long Acknowledged, long Resolved)
{
    public const int CountedTo = 10_000;
}

/// <summary>The first-ranked cause of a diagnosis; both null where it abstained.</summary>
/// <param name="Confidence">0 to 1.</param>
public sealed record DiagnosisBrief(string? Statement, double? Confidence);
