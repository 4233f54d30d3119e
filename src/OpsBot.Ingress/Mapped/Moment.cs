using System.Globalization;
using OpsBot.Ingress.Reading;

namespace OpsBot.Ingress.Mapped;

/// <summary>Reads times as any sender writes them: ISO 8601, or seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by their size.</summary>
internal static class Moment
{
    // 10^11 seconds are in the year 5138, as milliseconds in 1973: nothing that is sent lies between
    private static readonly (decimal Below, decimal PerSecond)[] Units =
        [(1e11m, 1m), (1e14m, 1e3m), (1e17m, 1e6m), (1e20m, 1e9m)];

    /// <param name="text">The time.</param>
    /// <param name="time">In UTC; null for zero, which senders write for "not yet".</param>
    /// <returns>False where it is no time.</returns>
    public static bool TryParse(string text, out DateTimeOffset? time)
    {
        time = null;
        text = text.Trim();
        if (text.StartsWith("0001-01-0", StringComparison.Ordinal))
            return true;
        if (IsoTime.TryParse(text, out var iso))
        {
            time = iso;
            return true;
        }

        if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number))
            return false;
        if (number == 0)
            return true;
        foreach (var (below, perSecond) in Units)
        {
            if (number < below)
            {
                var ticks = number / perSecond * TimeSpan.TicksPerSecond;
                if (ticks > DateTimeOffset.MaxValue.Ticks - DateTimeOffset.UnixEpoch.Ticks)
                    return false;
                time = DateTimeOffset.UnixEpoch.AddTicks((long)ticks);
                return true;
            }
        }

        return false;
    }
}
