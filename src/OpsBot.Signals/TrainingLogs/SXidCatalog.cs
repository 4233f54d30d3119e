using System.Text.RegularExpressions;

namespace OpsBot.Signals.TrainingLogs;

/// <summary>
/// Errors of NVSwitch. The driver says in each line whether it is fatal; what that asks for is in NVIDIA's Fabric Manager user guide, appendix on NVSwitch errors.
/// </summary>
internal static partial class SXidCatalog
{
    private static readonly Dictionary<int, string> Known = new()
    {
        [12028] = "a packet was refused on its way out (egress, non-posted privilege error)",
        [19084] = "the heartbeat of a link timed out",
        [20034] = "an NVLink of the switch went down (LTSSM fault)",
    };

    public static TrainingFault Read(int code, string rest)
    {
        var meaning = $"NVSwitch error {code}: " + (Known.GetValueOrDefault(code) ?? "see NVIDIA's Fabric Manager user guide for its meaning");
        if (NonFatal().IsMatch(rest))
            return new(FaultKind.SwitchXid, meaning + "; the driver calls it not fatal", FaultAction.Watch, "The driver recovers by itself. Look at the job only if it stopped; drain the node if it comes again and again.", false);
        if (Fatal().IsMatch(rest))
        {
            return new(FaultKind.SwitchXid, meaning + "; the driver calls it fatal", FaultAction.DrainNode,
                "Jobs on the GPUs behind this switch end. Drain the node, reset all its GPUs and NVSwitches together (nvidia-smi -r) and restart the fabric manager; if it comes back, have the hardware looked at.", true);
        }

        return new(FaultKind.SwitchXid, meaning + "; this line holds its registers only", FaultAction.Watch, "See the line of the same number before it, which says whether it is fatal.", false);
    }

    [GeneratedRegex(@"\bNon-?fatal\b", RegexOptions.IgnoreCase, 5_000)]
    private static partial Regex NonFatal();

    [GeneratedRegex(@"(?<!Non-?)\bFatal\b", RegexOptions.IgnoreCase, 5_000)]
    private static partial Regex Fatal();
}
