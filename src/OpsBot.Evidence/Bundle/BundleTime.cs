using System.Globalization;

namespace OpsBot.Evidence.Bundle;

/// <summary>Times of a bundle: ISO 8601; one without an offset is UTC. Others than the years of computers are no times: they could not be reckoned with.</summary>
internal static class BundleTime
{
    private const int FirstYear = 1970;
    private const int LastYear = 2199;

    public static bool TryParse(string? text, out DateTimeOffset time) =>
        DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time)
        && time.Year is >= FirstYear and <= LastYear;

    /// <summary>Unix milliseconds.</summary>
    public static bool TryParseMs(string? text, out long ms)
    {
        var ok = TryParse(text, out var time);
        ms = ok ? time.ToUnixTimeMilliseconds() : 0;
        return ok;
    }
}
