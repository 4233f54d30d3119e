using System.Globalization;
using System.Text.RegularExpressions;

namespace OpsBot.Signals.TrainingLogs;

/// <summary>
/// What the codes of the NVIDIA driver mean and ask for: NVIDIA's Xid catalog (docs.nvidia.com/deploy/xid-errors, Ampere and newer), in our words.
/// A code that is not here is one that the catalog calls unused, or newer than it.
/// </summary>
internal static partial class XidCatalog
{
    private const string Driver = "a firmware error of the driver";
    private const string Copy = "an exception in a copy engine";
    private const string Video = "an exception in a video or image engine";
    private const string Buffer = "the program sent the GPU a corrupt or illegal command stream";

    private static readonly Dictionary<int, (string Meaning, FaultAction Action)> Codes = Build();

    /// <summary>What follows from <paramref name="code"/>. <paramref name="rest"/> is the driver's own text behind it, which decides for some.</summary>
    public static TrainingFault Read(int code, string rest)
    {
        if (code == 154)
            return Recovery(rest);
        var (meaning, action) = Codes.GetValueOrDefault(code, ("not in NVIDIA's catalog or unused there", FaultAction.Watch));
        // the newer NVLink codes cover many causes and say in the line how bad this one is
        if (code is >= 144 and <= 150)
            action = NonFatal().IsMatch(rest) ? FaultAction.Watch : FaultAction.ResetGpu;
        return new(FaultKind.GpuXid, $"XID {code}: {meaning}", action, Advice(action, code), action is not FaultAction.Watch);
    }

    // 154 names what the driver wants done about the codes before it
    private static TrainingFault Recovery(string rest)
    {
        var to = RecoveryAction().Match(rest) is { Success: true } found
            && int.TryParse(found.Groups["to"].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var value) ? value : -1;
        var (meaning, action) = to switch
        {
            0 => ("none", FaultAction.Watch),
            1 => ("reset the GPU", FaultAction.ResetGpu),
            2 => ("reboot the node", FaultAction.RebootNode),
            3 => ("drain peer-to-peer traffic", FaultAction.DrainNode),
            4 => ("drain, then reset the GPU", FaultAction.DrainNode),
            _ => ("not named in this line", FaultAction.Watch),
        };
        return new(FaultKind.GpuXid, $"XID 154: the recovery that the driver asks for changed to: {meaning}", action, Advice(action, 154), action is not FaultAction.Watch);
    }

    private static string Advice(FaultAction action, int code) => action switch
    {
        FaultAction.FixProgram => "Restart the job; if it comes again, look for the fault in the program (cuda-memcheck, compute-sanitizer) before blaming the GPU. If other programs see it on the same GPU, run the vendor's diagnosis.",
        FaultAction.RestartJob => "Restart the job. If the same GPU reports it again, drain the node and run dcgmi diag.",
        FaultAction.ResetGpu => "Drain the node, reset the GPU (nvidia-smi -r -i INDEX) and restart the job; if it comes back, run dcgmi diag and open a case with the vendor.",
        FaultAction.RebootNode => code == 79
            ? "Drain the node and reboot it (power cycle where a reboot does not bring the GPU back); if it comes back, check seating, power and risers, and return the GPU."
            : "Drain the node and reboot it.",
        FaultAction.DrainNode => "Drain the node: let its other jobs end, then reset its GPUs, and keep it out until dcgmi diag passes.",
        FaultAction.ReplaceHardware => "Drain the node, run dcgmi diag and the vendor's field diagnosis, and return the GPU if they fail.",
        _ => "Nothing by itself: look at the codes beside it and at whether the job stopped.",
    };

    private static Dictionary<int, (string Meaning, FaultAction Action)> Build()
    {
        var codes = new Dictionary<int, (string, FaultAction)>
        {
            [8] = ("the GPU stopped processing", FaultAction.RestartJob),
            [13] = ("an exception in the compute engine, most often an illegal address or instruction of the program", FaultAction.FixProgram),
            [14] = ("unused by current drivers", FaultAction.Watch),
            [31] = ("the program touched GPU memory that is not mapped (page fault)", FaultAction.FixProgram),
            [43] = ("the GPU stopped this program, because it failed", FaultAction.Watch),
            [44] = ("a fault of the compute engine while it switched contexts", FaultAction.Watch),
            [45] = ("the driver cleaned up after an earlier error, or after the program was killed", FaultAction.Watch),
            [46] = ("the GPU stopped processing", FaultAction.ResetGpu),
            [48] = ("a double-bit ECC error: memory of the GPU held something else than was written", FaultAction.ResetGpu),
            [54] = ("the board's auxiliary power is not connected", FaultAction.ReplaceHardware),
            [62] = ("the GPU's own controller halted", FaultAction.ResetGpu),
            [63] = ("a faulty row of GPU memory was marked to be remapped; it is taken out of use at the next reset", FaultAction.Watch),
            [64] = ("a faulty row of GPU memory could not be remapped", FaultAction.ResetGpu),
            [66] = ("an illegal access by the driver", FaultAction.Watch),
            [67] = ("an illegal access by the driver", FaultAction.Watch),
            [69] = ("the program sent the compute engine a wrong class of command", FaultAction.FixProgram),
            [74] = ("an NVLink failed", FaultAction.DrainNode),
            [78] = ("a virtual GPU could not be started", FaultAction.Watch),
            [79] = ("the GPU has fallen off the bus: the host no longer reaches it", FaultAction.RebootNode),
            [80] = ("data reached the GPU corrupted", FaultAction.FixProgram),
            [92] = ("many single-bit ECC errors; they were corrected", FaultAction.Watch),
            [93] = ("the wear limit of the board's own memory is exceeded", FaultAction.Watch),
            [94] = ("a memory error that hit one program only (contained)", FaultAction.RestartJob),
            [95] = ("a memory error that may have hit every program on the GPU (uncontained)", FaultAction.ResetGpu),
            [106] = ("a test message", FaultAction.Watch),
            [107] = ("a test message", FaultAction.Watch),
            [109] = ("switching contexts timed out", FaultAction.ResetGpu),
            [110] = ("a security fault", FaultAction.ResetGpu),
            [119] = ("the GPU's system processor (GSP) does not answer the driver", FaultAction.ResetGpu),
            [120] = ("the GPU's system processor (GSP) failed", FaultAction.ResetGpu),
            [121] = ("an error on the link between CPU and GPU (C2C); it was corrected", FaultAction.Watch),
            [136] = ("an NVLink could not be trained", FaultAction.ResetGpu),
            [137] = ("an NVLink privilege error: a remote GPU touched memory that it may not", FaultAction.Watch),
            [140] = ("an ECC error that could not be corrected", FaultAction.ResetGpu),
            [141] = ("an error on CUDA's fast path", FaultAction.Watch),
            [142] = (Video, FaultAction.ReplaceHardware),
            [143] = ("the GPU could not be initialised", FaultAction.ResetGpu),
            [144] = ("an NVLink error (SAW)", FaultAction.ResetGpu),
            [145] = ("an NVLink error (RLW)", FaultAction.ResetGpu),
            [146] = ("an NVLink error (TLW)", FaultAction.ResetGpu),
            [147] = ("an NVLink error (TREX)", FaultAction.ResetGpu),
            [148] = ("an NVLink error (NVLPW_CTRL)", FaultAction.ResetGpu),
            [149] = ("an NVLink error (NETIR)", FaultAction.ResetGpu),
            [150] = ("an NVLink error (MSE)", FaultAction.ResetGpu),
            [151] = ("the rotation of an encryption key failed", FaultAction.RebootNode),
            [152] = ("an error of the deep-learning accelerator's memory unit", FaultAction.Watch),
            [153] = ("the deep-learning accelerator timed out", FaultAction.Watch),
            [155] = ("an NVLink error that software defines", FaultAction.ResetGpu),
            [156] = ("a resource of the GPU was retired; it is taken out of use at the next reset", FaultAction.ResetGpu),
            [157] = ("a resource of the GPU could not be retired", FaultAction.Watch),
            [158] = ("the GPU timed out for good", FaultAction.ResetGpu),
            [160] = ("a channel was retired", FaultAction.Watch),
            [161] = ("a channel could not be retired", FaultAction.Watch),
            [171] = ("says more about an XID 48: an uncorrectable error in DRAM", FaultAction.ResetGpu),
            [172] = ("says more about an XID 48: an uncorrectable error in SRAM", FaultAction.ResetGpu),
        };
        Fill(codes, [11, 25, 32], Buffer, FaultAction.FixProgram);
        Fill(codes, [37, 38], Driver, FaultAction.Watch);
        Fill(codes, [39, 40, 41, 70, 71, 72, 75, 76, 77, 85, .. Enumerable.Range(126, 10)], Copy, FaultAction.RestartJob);
        Fill(codes, [60, 68, 82, 83, 84, 86, 88, 89, .. Enumerable.Range(96, 10), 139], Video, FaultAction.RestartJob);
        return codes;
    }

    private static void Fill(Dictionary<int, (string, FaultAction)> codes, IEnumerable<int> which, string meaning, FaultAction action)
    {
        foreach (var code in which)
            codes.Add(code, (meaning, action));
    }

    [GeneratedRegex(@"\bNon-?fatal\b", RegexOptions.IgnoreCase, 5_000)]
    private static partial Regex NonFatal();

    [GeneratedRegex(@"\bto 0x(?<to>[0-9a-fA-F]{1,2})\b", RegexOptions.IgnoreCase, 5_000)]
    private static partial Regex RecoveryAction();
}
