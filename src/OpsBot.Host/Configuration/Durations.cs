using System.Buffers;
using System.Globalization;

namespace OpsBot.Host.Configuration;

/// <summary>Durations as people write them: <c>250ms</c>, <c>30s</c>, <c>5m</c>, <c>2h</c>, <c>7d</c>, combined as <c>1h30m</c>, or <c>hh:mm:ss</c>.</summary>
internal static class Durations
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    internal const string Forms = "a duration; write 30s, 5m, 2h, 7d or hh:mm:ss";

    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        text = text.Trim();
        // a sign makes sense for one thing only, an offset from UTC such as +05:30
        if (text.StartsWith('+') || text.StartsWith('-'))
        {
            var style = text[0] == '-' ? TimeSpanStyles.AssumeNegative : TimeSpanStyles.None;
            return TimeSpan.TryParseExact(text.AsSpan(1), @"hh\:mm", CultureInfo.InvariantCulture, style, out duration);
        }

        if (text.Contains(':', StringComparison.Ordinal))
        {
            return TimeSpan.TryParseExact(text, ["c", @"h\:mm", @"h\:mm\:ss"], CultureInfo.InvariantCulture, out duration) && duration >= TimeSpan.Zero;
        }

        // a bare number would be days to TimeSpan.Parse and seconds to most readers: only 0 means the same to both
        return text == "0" || TryUnits(text, out duration);
    }

    private static bool TryUnits(ReadOnlySpan<char> text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        var last = double.MaxValue;
        while (!text.IsEmpty)
        {
            var digits = text.IndexOfAnyExcept(Digits);
            if (digits <= 0 || !double.TryParse(text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count))
            {
                return false;
            }

            text = text[digits..];
            var letters = text.IndexOfAny(Digits) is var end and >= 0 ? end : text.Length;
            var unit = text[..letters] switch { "ms" => 1, "s" => 1_000, "m" => 60_000, "h" => 3_600_000, "d" => 86_400_000, _ => 0.0 };
            var sum = duration.TotalMilliseconds + (count * unit);
            if (unit == 0 || unit >= last || sum > TimeSpan.MaxValue.TotalMilliseconds / 2)
            {
                return false;
            }

            (duration, last) = (TimeSpan.FromMilliseconds(sum), unit);
            text = text[letters..];
        }

        return last < double.MaxValue;
    }
}
