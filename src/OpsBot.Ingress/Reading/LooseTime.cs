using System.Globalization;

namespace OpsBot.Ingress.Reading;

/// <summary>Times of senders that write them now as ISO 8601 and now as a number since 1970.</summary>
internal static class LooseTime
{
    /// <summary>Seconds or milliseconds since 1970, as a number or as text, or an ISO 8601 time; null where there is none.</summary>
    /// <exception cref="UnreadableException">It is neither.</exception>
    public static DateTimeOffset? Of(JsonView value)
    {
        if (!value.Exists || value.IsObject || value.IsArray)
            return null;
        var text = value.Text();
        if (!double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number))
            return value.Time();
        var milliseconds = number >= 1e11 ? number : number * 1000;
        if (milliseconds >= 2e14)
            throw value.Wrong("is no time");
        return milliseconds > 0 ? DateTimeOffset.UnixEpoch.AddMilliseconds(milliseconds) : null;
    }
}
