using OpsBot.Contracts.Events;

namespace OpsBot.Contracts.Ports;

/// <summary>The changes that OpsBot itself took in, for whoever looks for what changed.</summary>
public interface IChangeHistory
{
    /// <summary>Changes of an environment in a window, newest first.</summary>
    /// <param name="environment">Only changes of this environment and those that name none.</param>
    /// <param name="limit">At most this many.</param>
    Task<IReadOnlyList<DeployReported>> FindAsync(string environment, TimeWindow window, int limit, CancellationToken cancellationToken);
}
