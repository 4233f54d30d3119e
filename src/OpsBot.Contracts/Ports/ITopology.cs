namespace OpsBot.Contracts.Ports;

/// <summary>Who calls whom, as far as OpsBot has been told.</summary>
public interface ITopology
{
    /// <summary>Pairs (caller, callee).</summary>
    IReadOnlyCollection<(string Caller, string Callee)> Calls { get; }

    /// <summary>True where the two are the same or call each other directly.</summary>
    bool AreNeighbours(string a, string b);
}
