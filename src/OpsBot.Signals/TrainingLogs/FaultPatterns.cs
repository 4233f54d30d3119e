using System.Text.RegularExpressions;

namespace OpsBot.Signals.TrainingLogs;

/// <summary>
/// The words in which frameworks, the kernel and schedulers say that a job is broken. The first that fits is the one: from what is most particular to what is least.
/// </summary>
internal static class FaultPatterns
{
    private static readonly (Regex Words, TrainingFault Fault)[] All =
    [
        (Words(@"\b(?:CUDA|HIP|XPU|MPS backend)(?: error:)? out of memory\b|\bOutOfMemoryError: (?:CUDA|HIP|Allocation)|\bCUDA_ERROR_OUT_OF_MEMORY\b|\bcudaErrorMemoryAllocation\b|\bCUBLAS_STATUS_ALLOC_FAILED\b|\bRESOURCE_EXHAUSTED: (?:Out of memory|Failed to allocate)|\bResourceExhaustedError\b.*\bOOM\b|\bOOM when allocating tensor\b"),
            new(FaultKind.GpuOutOfMemory, "The memory of a GPU is full.", FaultAction.UseLessMemory,
                "Resubmit with a smaller micro batch or shorter sequences, with activation checkpointing or more sharding; fragmentation shows as much reserved and little allocated (PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True).", true)),
        (Words(@"\bDUE TO TIME LIMIT\b|\bslurmstepd\b.*\btime limit\b|\breason:? ?DeadlineExceeded\b|\bTERM_RUNLIMIT\b|\bjob killed: walltime \d+ exceeded"),
            new(FaultKind.TimeLimit, "The scheduler ended the job at its time limit.", FaultAction.AskForMoreTime,
                "Resubmit from the last checkpoint with a longer limit, or checkpoint before the limit (sbatch --signal) and requeue.", true)),
        (Words(@"\bDUE TO PREEMPTION\b|\breason:? ?Preempt(?:ed|ing)\b|\bSpot interruption\b|\bTERM_PREEMPT\b"),
            new(FaultKind.Preempted, "The scheduler took the node for another job.", FaultAction.Requeue,
                "Requeue from the last checkpoint; a preempted job is not a failed one.", true)),
        (Words(@"\bDUE TO NODE FAILURE\b|\bNode failure on \S|\bsrun: error: Node failure\b|\breason:? ?NodeLost\b"),
            new(FaultKind.NodeFailure, "A node of the job failed.", FaultAction.DrainNode,
                "Drain the node and requeue the job without it, from the last checkpoint.", true)),
        (Words(@"\bout of shared memory\b.*\bshm\b|\bworkers are out of shared memory\b|\bunable to (?:open|allocate|write).*shared memory\b|\bkilled by signal: Bus error\b"),
            new(FaultKind.HostOutOfMemory, "The shared memory of the container is full.", FaultAction.AskForMoreMemory,
                "Give the container more shared memory (--shm-size, an emptyDir of medium Memory on /dev/shm) or use fewer data-loader workers.", true)),
        (Words(@"\bOut of memory: Kill(?:ed)? process\b|\bMemory cgroup out of memory\b|\boom-kill:constraint=|\boom_kill event|\bOOM[ -]?Killed\b|\bsrun: error: \S+: tasks? [\d,\- ]+: Out Of Memory\b|\binvoked oom-killer\b|\bDefaultCPUAllocator: (?:can't|not enough)|\bstd::bad_alloc\b|^\S*MemoryError(?::|\s*$)|\bCannot allocate memory\b|\bDataLoader worker .*killed by signal: Killed\b|\bexceeded (?:job )?memory limit\b"),
            new(FaultKind.HostOutOfMemory, "The memory of the host, or what the job may use of it, is full.", FaultAction.AskForMoreMemory,
                "Resubmit with more memory, or with fewer data-loader workers and less prefetching; see which process grew.", true)),
        (Words(@"\bNo space left on device\b|\bDisk quota exceeded\b|\bENOSPC\b|\[Errno (?:28|122)\]"),
            new(FaultKind.DiskFull, "A file system is full, or the quota on it.", FaultAction.FreeDisk,
                "Free space or keep fewer checkpoints, then resume from the last checkpoint that is whole: the one being written is not.", true)),
        (Words(@"\bWatchdog caught collective operation timeout\b|\bNCCL (?:operation|timeout).*\btimed? ?out\b|\bcollective operation timeout\b|\bwatchdog (?:thread )?(?:got )?stuck for \d+|\bheartbeat monitor timed out\b|\bTimed out waiting \d+ ?ms for (?:recv|send) operation\b|\bmonitoredBarrier\b.*\b(?:timed? ?out|did not pass|failed to pass)\b|\bRendezvousTimeoutError\b|\bDistStoreError\b.*\btimed? ?out\b"),
            new(FaultKind.CollectiveTimeout, "A collective operation timed out: at least one rank did not take part.", FaultAction.CheckNetwork,
                "Find the rank that does not report the time-out, or that is at another operation: it hangs, died or is slow. Look for an earlier error on its node (XID, out of memory, data loader) before raising the time-out.", true)),
        (Words(@"\bunhandled (?:system|cuda) error\b.*\bNCCL\b|\bNCCL\b.*\bunhandled (?:system|cuda) error\b|\bNCCL error\b|\bncclSystemError\b|\bncclUnhandledCudaError\b|\bncclRemoteError\b|\bncclInternalError\b|\bNCCL WARN (?:Call to (?:ibv|connect|recv|send)\w*.*failed|NET/\S+ ?:? ?.*(?:error|failed|closed|timeout)|Proxy Call.*failed|Cuda failure)|\bNCCL communicator was aborted\b|\bremote process exited or there was a network error\b|\bConnection (?:reset|closed) by (?:remote )?peer\b.*\b(?:gloo|nccl|TCPStore|ProcessGroup)|\b(?:gloo|nccl|TCPStore|ProcessGroup)\w*\b.*\bConnection (?:reset|closed) by (?:remote )?peer\b"),
            new(FaultKind.CollectiveError, "A collective operation failed: a peer is gone, or the network between the nodes.", FaultAction.CheckNetwork,
                "Look for the first rank that failed and for what its node says (XID, out of memory). If none did, check the links (ibstat, NCCL_DEBUG=INFO) and requeue without the node that both failing pairs share.", true)),
        (Words(@"\buncorrectable ECC error\b|\bcudaErrorECCUncorrectable\b"),
            new(FaultKind.GpuError, "CUDA met an ECC error in GPU memory that could not be corrected.", FaultAction.ResetGpu,
                "Drain the node, reset the GPU and look at its kernel log for XID 48, 94 or 95; restart the job elsewhere.", true)),
        (Words(@"\bGPU is lost\b|\bUnable to determine the device handle for GPU|\bno CUDA-capable device is detected\b|\bCUDA error: (?:all CUDA-capable devices are busy|invalid device ordinal|unknown error|system not yet initialized)|\bcudaErrorDevicesUnavailable\b"),
            new(FaultKind.GpuError, "CUDA does not find its GPU, or not all of them.", FaultAction.DrainNode,
                "Look at the node's kernel log for XID 79 and at nvidia-smi; drain the node and requeue the job without it.", true)),
        (Words(@"\bCUDA error: (?:an illegal (?:memory access|instruction)|device-side assert|misaligned address|unspecified launch failure|the launch timed out)|\bdevice-side assert(?:ion)? triggered\b|\bcudaErrorIllegalAddress\b|\bcudaErrorAssert\b|\bCUBLAS_STATUS_EXECUTION_FAILED\b|\bCUDNN_STATUS_(?:EXECUTION_FAILED|INTERNAL_ERROR)"),
            new(FaultKind.GpuError, "CUDA reports an error in what the program ran on the GPU.", FaultAction.FixProgram,
                "The line that reports it is rarely the one that caused it: rerun with CUDA_LAUNCH_BLOCKING=1. An index out of range (labels, token ids) is the usual cause; the same program on another node tells hardware from software.", true)),
        (Words(@"\bSegmentation fault\b|\bSIGSEGV\b|\bsegfault at [0-9a-f]+ ip\b|\bexitcode\s*:\s*-11\b"),
            new(FaultKind.Segfault, "The program touched memory that is not its own and was stopped.", FaultAction.FixProgram,
                "Look for a core dump and for libraries of mismatched versions; if it happens on one node only, suspect its memory.", true)),
        (WordsAsWritten(@"\*\*\* (?:JOB|STEP) \S+ ON \S+ CANCELLED AT\b|\bscancel\b.*\bSIGTERM\b|\bTERM_OWNER\b"), new(FaultKind.Cancelled, "The job was cancelled.", FaultAction.Watch, "Somebody or something cancelled it; ask before starting it again.", true)),
        (WordsAsWritten(@"\bSignal 9 \(SIGKILL\)|\bexitcode\s*:\s*-9\b|\bsrun: error: \S+: tasks? [\d,\- ]+: Killed\b|^(?:\S+: line \d+:\s+\d+ )?Killed\b"),
            new(FaultKind.Killed, "The program was killed (SIGKILL); the line does not say by whom.", FaultAction.AskForMoreMemory,
                "Out of host memory is the usual cause: look at the node's kernel log and at the scheduler's record (sacct -o State,MaxRSS).", true)),
    ];

    public static TrainingFault? Read(string line)
    {
        foreach (var (words, fault) in All)
        {
            if (words.IsMatch(line))
                return fault;
        }

        return null;
    }

    // linear in the length of the line, whatever it holds: a log line is a stranger's text and comes by the million
    private static Regex Words(string pattern) => new(pattern, RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    private static Regex WordsAsWritten(string pattern) => new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
}
