namespace OpsBot.Signals.TrainingLogs;

/// <summary>What broke a training run, or is about to.</summary>
public enum FaultKind
{
    /// <summary>The memory of a GPU.</summary>
    GpuOutOfMemory,

    /// <summary>The memory of the host, of the job's cgroup or of its shared-memory segment.</summary>
    HostOutOfMemory,

    /// <summary>A collective operation of NCCL or Gloo waited for a rank that did not come.</summary>
    CollectiveTimeout,

    /// <summary>A collective operation failed: network, driver, a peer that is gone.</summary>
    CollectiveError,

    /// <summary>A line of the NVIDIA driver about a GPU.</summary>
    GpuXid,

    /// <summary>A line of the NVIDIA driver about an NVSwitch.</summary>
    SwitchXid,

    /// <summary>CUDA reports an error in the program or in the device.</summary>
    GpuError,

    Segfault,

    DiskFull,

    /// <summary>The scheduler ended the job at its time limit.</summary>
    TimeLimit,

    Preempted,

    /// <summary>The scheduler or a person cancelled the job.</summary>
    Cancelled,

    /// <summary>The job was killed and the line does not say why.</summary>
    Killed,

    NodeFailure,
}

/// <summary>What to do about it. Advice: whatever changes something goes through a proposal.</summary>
public enum FaultAction
{
    /// <summary>Nothing by itself; see what else is in the log.</summary>
    Watch,

    RestartJob,
    UseLessMemory,
    AskForMoreMemory,
    FixProgram,
    ResetGpu,
    RebootNode,

    /// <summary>Take the node out of the partition, then repair.</summary>
    DrainNode,

    /// <summary>Drain, run the vendor's diagnosis, return the hardware.</summary>
    ReplaceHardware,
    CheckNetwork,
    FreeDisk,
    AskForMoreTime,
    Requeue,
}

/// <summary>What one line says is wrong.</summary>
/// <param name="Kind">What broke.</param>
/// <param name="Meaning">One sentence in plain words.</param>
/// <param name="Action">What to do.</param>
/// <param name="Advice">The same as a sentence.</param>
/// <param name="IsFatal">The job does not go on; false where it may.</param>
public sealed record TrainingFault(FaultKind Kind, string Meaning, FaultAction Action, string Advice, bool IsFatal)
{
    /// <summary>The host, where the line names it.</summary>
    public string? Node { get; init; }

    /// <summary>The rank, where the line names it.</summary>
    public int? Rank { get; init; }

    /// <summary>The GPU or NVSwitch: its PCI address, or its index on the host.</summary>
    public string? Device { get; init; }

    /// <summary>The XID or SXid.</summary>
    public int? Code { get; init; }
}
