using System.Globalization;
using OpsBot.Ingress.Reading;

namespace OpsBot.Ingress.Slurm;

/// <summary>Numbers as Slurm writes them: plain up to 22.05; from 23.02 on <c>{"set": true, "infinite": false, "number": 7}</c>.</summary>
internal static class SlurmNumber
{
    /// <summary>Null where it is not set or has no end.</summary>
    public static long? Of(JsonView value)
    {
        if (value.IsObject)
            return value["set"].Exists && !value["set"].Flag() || value["infinite"].Flag() ? null : value["number"].Whole();
        if (value.IsText)
            return long.TryParse(value.Text(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
        return value.Whole();
    }

    /// <summary>Seconds since 1970; 0 means not yet.</summary>
    public static DateTimeOffset? Time(JsonView value) => Of(value) is > 0 and < 100_000_000_000 and var seconds ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;
}
