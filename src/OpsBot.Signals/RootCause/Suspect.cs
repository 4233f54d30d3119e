namespace OpsBot.Signals.RootCause;

/// <summary>A service with what speaks against it.</summary>
/// <param name="Score">0 and up; comparable within one ranking only.</param>
/// <param name="Weighted">Its anomalies with what each adds, most first.</param>
public sealed record Suspect(string Service, double Score, IReadOnlyList<WeightedAnomaly> Weighted)
{
    /// <summary>The anomaly that says most.</summary>
    public Anomaly Lead => Weighted[0].Anomaly;
}

/// <summary>An anomaly with what it adds to the score of its suspect.</summary>
public sealed record WeightedAnomaly(Anomaly Anomaly, double Weight);
