using System.Globalization;

namespace OpsBot.Evidence.Bundle;

/// <summary>Times of a bundle: ISO 8601; one without an offset is UTC.</summary>
internal static class BundleTime
{
    public static bool TryParse(string? text, out DateTimeOffset time) =>
        DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);

    /// <summary>Unix milliseconds.</summary>
    public static bool TryParseMs(string? text, out long ms)
    {
        var ok = TryParse(text, out var time);
        ms = ok ? time.ToUnixTimeMilliseconds() : 0;
        return ok;
    }
}
