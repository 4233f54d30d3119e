using System.Globalization;
using System.Text.RegularExpressions;

namespace OpsBot.Signals.TrainingLogs;

/// <summary>Lines of the NVIDIA driver in a kernel log: <c>NVRM: Xid (PCI:0000:05:00): 79, …</c>, <c>nvidia-nvswitch3: SXid (PCI:0000:05:00.0): 12028, …</c>.</summary>
internal static partial class DriverLine
{
    public static TrainingFault? Read(string line)
    {
        if (Xid().Match(line) is { Success: true } xid && Code(xid) is { } code)
            return XidCatalog.Read(code, xid.Groups["rest"].Value) with { Device = xid.Groups["device"].Value, Code = code };
        if (SXid().Match(line) is { Success: true } sxid && Code(sxid) is { } switchCode)
            return SXidCatalog.Read(switchCode, sxid.Groups["rest"].Value) with { Device = sxid.Groups["device"].Value, Code = switchCode };
        return null;
    }

    private static int? Code(Match line) => int.TryParse(line.Groups["code"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? code : null;

    // older drivers write no PCI: before the address; MIG instances and virtual GPUs stand behind it
    [GeneratedRegex(@"\bNVRM: Xid \((?:PCI:)?(?<device>[0-9a-fA-F]{4,8}:[0-9a-fA-F]{2}:[0-9a-fA-F]{2}(?:\.[0-7])?)(?: [\w\-:]{1,60})?\):\s{0,4}(?<code>\d{1,4})\b(?<rest>.*)", RegexOptions.None, 5_000)]
    private static partial Regex Xid();

    [GeneratedRegex(@"\bSXid \((?:PCI:)?(?<device>[0-9a-fA-F]{4,8}:[0-9a-fA-F]{2}:[0-9a-fA-F]{2}(?:\.[0-7])?)\):\s{0,4}(?<code>\d{1,6})\b(?<rest>.*)", RegexOptions.None, 5_000)]
    private static partial Regex SXid();
}
