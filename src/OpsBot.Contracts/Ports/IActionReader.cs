using OpsBot.Contracts.Actions;

namespace OpsBot.Contracts.Ports;

/// <summary>Reads proposals and runs for pages, cards and commands.</summary>
public interface IActionReader
{
    /// <summary>Newest version of each, newest proposal first.</summary>
    /// <param name="incidentId">Only those of one incident.</param>
    /// <param name="status">Only these; empty for all.</param>
    Task<IReadOnlyList<ProposalView>> ProposalsAsync(
        long? incidentId, IReadOnlyCollection<ProposalStatus> status, int limit, CancellationToken cancellationToken);

    /// <param name="version">Null for the newest.</param>
    Task<ProposalView?> FindProposalAsync(long id, int? version, CancellationToken cancellationToken);

    /// <summary>Newest first.</summary>
    /// <param name="status">Only these; empty for all.</param>
    Task<IReadOnlyList<ActionRun>> RunsAsync(IReadOnlyCollection<RunStatus> status, int limit, CancellationToken cancellationToken);

    Task<ActionRun?> FindRunAsync(long id, CancellationToken cancellationToken);

    Task<ActionSwitch> SwitchAsync(CancellationToken cancellationToken);
}
