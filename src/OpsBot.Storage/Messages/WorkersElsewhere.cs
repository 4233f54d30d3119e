namespace OpsBot.Storage.Messages;

/// <summary>Where workers live on several hosts the locks of one data folder tell nothing of the others: their leases run out.</summary>
internal sealed class WorkersElsewhere(WorkerLocks own) : IWorkerLiveness
{
    public WorkerIdentity Own => own.Own;

    public IReadOnlyCollection<string> DeadOf(IReadOnlyCollection<string> owners) => [];
}
