using System.Globalization;
using System.Text.RegularExpressions;

namespace OpsBot.Signals.TrainingLogs;

/// <summary>Where a fault happened, as far as its line says.</summary>
internal static partial class FaultPlace
{
    public static TrainingFault Add(TrainingFault fault, string line) => fault with
    {
        Node = Host(line),
        Rank = Whole(RankText().Match(line)) is { } rank ? rank : Whole(Task().Match(line)),
        Device = fault.Device ?? (Gpu().Match(line) is { Success: true } gpu ? gpu.Groups["value"].Value : null),
    };

    /// <summary>The host of a syslog line, of Slurm's daemons, of NCCL.</summary>
    public static string? Host(string line)
    {
        foreach (var pattern in new[] { Syslog(), Slurm(), SlurmJob(), Nccl() })
        {
            if (pattern.Match(line) is { Success: true } found)
                return found.Groups["host"].Value;
        }

        return null;
    }

    private static int? Whole(Match found) =>
        found.Success && int.TryParse(found.Groups["value"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;

    [GeneratedRegex(@"\brank[\s:=\]]{0,3}(?<value>\d{1,7})\b", RegexOptions.IgnoreCase, 5_000)]
    private static partial Regex RankText();

    [GeneratedRegex(@"\btask (?<value>\d{1,7}):", RegexOptions.None, 5_000)]
    private static partial Regex Task();

    [GeneratedRegex(@"(?:\bGPU[ :]|\bcuda:)\s?(?<value>\d{1,3})\b", RegexOptions.None, 5_000)]
    private static partial Regex Gpu();

    [GeneratedRegex(@"^\W{0,2}(?:[A-Z][a-z]{2}\s{1,2}\d{1,2} \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\S{8,30}) (?<host>[A-Za-z0-9][\w.\-]{0,253}) kernel:", RegexOptions.None, 5_000)]
    private static partial Regex Syslog();

    [GeneratedRegex(@"\b(?:srun: error: |slurmstepd-)(?<host>[A-Za-z0-9][\w.\-]{0,253}):", RegexOptions.None, 5_000)]
    private static partial Regex Slurm();

    [GeneratedRegex(@"\*\*\* (?:JOB|STEP) \S{1,40} ON (?<host>[A-Za-z0-9][\w.\-]{0,253}) CANCELLED", RegexOptions.None, 5_000)]
    private static partial Regex SlurmJob();

    [GeneratedRegex(@"^(?<host>[A-Za-z0-9][\w.\-]{0,253}):\d{1,9}:\d{1,9} \[\d{1,3}\] NCCL ", RegexOptions.None, 5_000)]
    private static partial Regex Nccl();
}
