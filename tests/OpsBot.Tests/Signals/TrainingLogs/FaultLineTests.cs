using OpsBot.Signals.TrainingLogs;

namespace OpsBot.Tests.Signals.TrainingLogs;

public sealed class FaultLineTests
{
    [Theory]
    [InlineData("torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB (GPU 3; 79.15 GiB total capacity)", FaultKind.GpuOutOfMemory, null, null, "3")]
    [InlineData("[rank5]: torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 64.00 MiB. GPU 1 has a total capacity of 79.10 GiB", FaultKind.GpuOutOfMemory, null, 5, "1")]
    [InlineData("RuntimeError: CUDA error: out of memory", FaultKind.GpuOutOfMemory, null, null, null)]
    [InlineData("slurmstepd-gpu07: error: Detected 1 oom_kill event in StepId=31.batch. Some of the step tasks have been OOM Killed.", FaultKind.HostOutOfMemory, "gpu07", null, null)]
    [InlineData("srun: error: gpu07: task 3: Out Of Memory", FaultKind.HostOutOfMemory, "gpu07", 3, null)]
    [InlineData("Mar  1 12:00:00 gpu07 kernel: [ 12.3] Out of memory: Killed process 4242 (python) total-vm:1kB", FaultKind.HostOutOfMemory, "gpu07", null, null)]
    [InlineData("RuntimeError: DataLoader worker (pid 77) is killed by signal: Bus error. It is possible that dataloader's workers are out of shared memory.", FaultKind.HostOutOfMemory, null, null, null)]
    [InlineData("[rank2]:[E301 06:24:44.17 ProcessGroupNCCL.cpp:616] [Rank 2] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=8, OpType=ALLREDUCE, Timeout(ms)=600000) ran for 600061 milliseconds before timing out.", FaultKind.CollectiveTimeout, null, 2, null)]
    [InlineData("torch.distributed.DistBackendError: NCCL error in: ../ProcessGroupNCCL.cpp:1275, unhandled system error, NCCL version 2.19.3", FaultKind.CollectiveError, null, null, null)]
    [InlineData("gpu07:1234:1260 [3] NCCL WARN NET/IB : Got completion from peer with status=12 error", FaultKind.CollectiveError, "gpu07", null, null)]
    [InlineData("RuntimeError: CUDA error: an illegal memory access was encountered", FaultKind.GpuError, null, null, null)]
    [InlineData("RuntimeError: CUDA error: uncorrectable ECC error encountered", FaultKind.GpuError, null, null, null)]
    [InlineData("srun: error: gpu07: task 0: Segmentation fault (core dumped)", FaultKind.Segfault, "gpu07", 0, null)]
    [InlineData("OSError: [Errno 28] No space left on device: '/ckpt/step_100.pt'", FaultKind.DiskFull, null, null, null)]
    [InlineData("slurmstepd: error: *** JOB 4711 ON gpu07 CANCELLED AT 2025-03-01T12:00:00 DUE TO TIME LIMIT ***", FaultKind.TimeLimit, "gpu07", null, null)]
    [InlineData("slurmstepd: error: *** JOB 4711 ON gpu07 CANCELLED AT 2025-03-01T12:00:00 DUE TO PREEMPTION ***", FaultKind.Preempted, "gpu07", null, null)]
    [InlineData("slurmstepd: error: *** JOB 4711 ON gpu07 CANCELLED AT 2025-03-01T12:00:00 DUE TO NODE FAILURE, SEE SLURMCTLD LOG FOR DETAILS ***", FaultKind.NodeFailure, "gpu07", null, null)]
    [InlineData("slurmstepd: error: *** JOB 4711 ON gpu07 CANCELLED AT 2025-03-01T12:00:00 ***", FaultKind.Cancelled, "gpu07", null, null)]
    [InlineData("  exitcode  : -9 (pid: 4242)", FaultKind.Killed, null, null, null)]
    public void A_line_that_says_what_broke_is_called_by_its_kind_and_place(string line, FaultKind kind, string? node, int? rank, string? device)
    {
        var fault = TrainingFaultLine.Read("\u001b[31m" + line + "\u001b[0m").ShouldNotBeNull();

        (fault.Kind, fault.Node, fault.Rank, fault.Device).ShouldBe((kind, node, rank, device));
        fault.Meaning.ShouldNotBeEmpty();
        fault.Advice.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData(" iteration 5/ 10 | lm loss: 2.5 | number of nan iterations: 0 |")]
    [InlineData("gpu07:534:1763 [3] NCCL INFO NCCL_TIMEOUT set by environment to 1800")]
    [InlineData("gpu07:534:1763 [3] NCCL INFO comm 0x7f rank 3 nranks 8 - Init COMPLETE")]
    [InlineData("Setting memory limit to 64 GB, out of 512 GB")]
    [InlineData("Example 7: the hiker was killed by a bear; she was out of memory cards")]
    [InlineData("INFO: timeout=600 time limit 24:00:00 requested")]
    public void A_line_that_only_mentions_the_words_is_no_fault(string line) => TrainingFaultLine.Read(line).ShouldBeNull();

    [Theory]
    [InlineData("NVRM: Xid (PCI:0000:05:00): 79, pid='<unknown>', name=<unknown>, GPU has fallen off the bus.", 79, "0000:05:00", FaultAction.RebootNode)]
    [InlineData("[12.5] NVRM: Xid (0000:03:00): 13, Graphics SM Warp Exception", 13, "0000:03:00", FaultAction.FixProgram)]
    [InlineData("Mar  1 12:00:00 gpu07 kernel: NVRM: Xid (PCI:0000:9b:00): 119, pid=1, name=x, Timeout after 6s", 119, "0000:9b:00", FaultAction.ResetGpu)]
    [InlineData("NVRM: Xid (PCI:0000:3d:00 GPU-I:05): 94, pid=1, Contained memory error", 94, "0000:3d:00", FaultAction.RestartJob)]
    [InlineData("NVRM: Xid (PCI:0000:3d:00): 154, GPU recovery action changed from 0x0 (None) to 0x2 (Node Reboot Required)", 154, "0000:3d:00", FaultAction.RebootNode)]
    [InlineData("NVRM: Xid (PCI:0000:3d:00): 154, GPU recovery action changed from 0x1 (GPU Reset Required) to 0x0 (None)", 154, "0000:3d:00", FaultAction.Watch)]
    [InlineData("NVRM: Xid (PCI:0000:3d:00): 149, NETIR_LINK_EVT Fatal XC0 i0 Link 01", 149, "0000:3d:00", FaultAction.ResetGpu)]
    [InlineData("NVRM: Xid (PCI:0000:3d:00): 149, NETIR_LINK_EVT Nonfatal XC0 i0 Link 01", 149, "0000:3d:00", FaultAction.Watch)]
    [InlineData("NVRM: Xid (PCI:0000:3d:00): 9999, something new", 9999, "0000:3d:00", FaultAction.Watch)]
    [InlineData("nvidia-nvswitch0: SXid (PCI:0000:c2:00.0): 20034, Fatal, Link 28 LTSSM Fault Up", 20034, "0000:c2:00.0", FaultAction.DrainNode)]
    [InlineData("nvidia-nvswitch3: SXid (PCI:0000:c5:00.0): 12028, Non-fatal, Link 32 egress", 12028, "0000:c5:00.0", FaultAction.Watch)]
    public void A_line_of_the_driver_gives_code_device_and_what_to_do(string line, int code, string device, FaultAction action)
    {
        var fault = TrainingFaultLine.Read(line).ShouldNotBeNull();

        (fault.Code, fault.Device, fault.Action).ShouldBe((code, device, action));
        fault.Kind.ShouldBe(code > 10_000 ? FaultKind.SwitchXid : FaultKind.GpuXid);
        fault.IsFatal.ShouldBe(action != FaultAction.Watch);
        fault.Node.ShouldBe(line.Contains("gpu07", StringComparison.Ordinal) ? "gpu07" : null);
    }

    [Theory]
    [InlineData("NVRM: Xid error: xyz, invalid data")]
    [InlineData("NVRM: Xid (invalid): some error")]
    [InlineData("nvidia-peermem nv_get_p2p_free_callback:127 ERROR detected invalid context, skipping further processing")]
    [InlineData("NVRM: GPU4 GSP RPC buffer contains function 103 (GSP_RM_ALLOC)")]
    public void A_line_of_the_driver_without_a_number_behind_the_device_is_no_code(string line) => TrainingFaultLine.Read(line).ShouldBeNull();
}
