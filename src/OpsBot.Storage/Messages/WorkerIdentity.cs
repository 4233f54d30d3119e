namespace OpsBot.Storage.Messages;

/// <summary>Names this process as an owner of leases. Whoever holds one is known to live: see <see cref="IWorkerLiveness"/>.</summary>
/// <param name="Host">Name of the data folder, equal for all processes that share it and after any restart, as in <c>messages.host</c>.</param>
/// <param name="Owner">Used by one process only, ever; fit for a file name. As in <c>messages.leased_by</c>.</param>
public sealed record WorkerIdentity(string Host, string Owner);

/// <summary>Tells which owners of leases are no more. A store that cannot tell calls nobody dead: their leases run out.</summary>
public interface IWorkerLiveness
{
    /// <summary>This process, known to the others as alive until it ends.</summary>
    WorkerIdentity Own { get; }

    /// <summary>Those of <paramref name="owners"/> whose process has certainly ended.</summary>
    Task<IReadOnlyCollection<string>> DeadOfAsync(IReadOnlyCollection<string> owners, CancellationToken cancellationToken);
}
