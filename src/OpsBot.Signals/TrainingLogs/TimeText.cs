using System.Globalization;

namespace OpsBot.Signals.TrainingLogs;

/// <summary>Times as training programs write them beside their metrics.</summary>
public static class TimeText
{
    /// <summary>Seconds or milliseconds since 1970, or an ISO time with its offset. A time without one could be hours off, and is left out.</summary>
    public static DateTimeOffset? Parse(ReadOnlySpan<char> text)
    {
        if (NumberText.Parse(text) is { } number)
        {
            var seconds = number > 1e11 ? number / 1000 : number;
            return seconds is > 1e8 and < 1e11 ? DateTimeOffset.UnixEpoch.AddSeconds(seconds) : null;
        }

        return text.Length is > 18 and < 40 && (text[^1] is 'Z' or 'z' || text[19..].IndexOfAny('+', '-') >= 0)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var time) ? time : null;
    }
}
